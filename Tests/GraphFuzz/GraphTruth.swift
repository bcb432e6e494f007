import Interpreter
import OpHarness
import Support
import TensorIR

/// What a function gives for some inputs in f64, and how far compiled results may be from it.
///
/// A result may differ by 10⁻⁴ of its largest element, and by a multiple of what rounding each operation to f32 does to it.
/// Where that is not enough, the function is interpreted on inputs moved by a rounding error: choices between nearly equal
/// values (a comparison, a maximum, an order) may then fall otherwise, and so they may in compiled code. And it is interpreted
/// with its sums moved so: where large ones cancel, what is left depends on the order in which they were added.
public struct GraphTruth {
  private let function: Function
  private let inputs: [HostTensor]
  private let exact: [HostTensor]
  private let rounded: [HostTensor]

  public init(_ function: Function, _ inputs: [HostTensor]) throws(Diagnostic) {
    self.function = function
    self.inputs = inputs
    exact = try Interpreter.run(function, inputs: inputs)
    rounded = try Interpreter.run(function, inputs: inputs, options: .init(roundToType: true))
  }

  /// What is wrong with compiled results; nil if nothing is.
  public func fault(of found: [HostTensor]) throws(Diagnostic) -> String? {
    guard let first = fault(of: found, [rounded]) else { return nil }
    var random = RandomSource(seed: 1)
    var others = [rounded]
    for _ in 0..<6 {
      let moved = GraphInputs.moved(inputs, &random)
      others.append(try Interpreter.run(function, inputs: moved))
      others.append(try Interpreter.run(function, inputs: moved, options: .init(roundToType: true)))
      others.append(try withSumsMoved(&random))
    }
    return fault(of: found, others) == nil ? nil : first
  }

  /// The results if every sum were a rounding error of an f32 away from what it is.
  private func withSumsMoved(_ random: inout RandomSource) throws(Diagnostic) -> [HostTensor] {
    var values = inputs
    for node in function.nodes {
      let results = try Interpreter.evaluate(node.op, node.operands.map { values[$0.index] })
      switch node.op.mnemonic {
      case "reduce", "matmul", "softmax", "log_sum_exp": values += GraphInputs.moved(results, &random)
      default: values += results
      }
    }
    return function.results.map { values[$0.value.index] }
  }

  private func fault(of found: [HostTensor], _ others: [[HostTensor]]) -> String? {
    for (index, result) in function.results.enumerated() {
      let alternatives = others.map { $0[index] }
      let text =
        exact[index].type.element.isFloat
        ? faultOfReals(found[index].reals, exact[index].reals, alternatives.map(\.reals))
        : faultOfIntegers(found[index].integers, exact[index].integers, alternatives.map(\.integers))
      if let text { return "\(result.name): \(text)" }
    }
    return nil
  }

  private func faultOfReals(_ found: [Double], _ exact: [Double], _ others: [[Double]]) -> String? {
    let scale = exact.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    var noise = 0.0
    for other in others {
      for (a, b) in zip(other, exact) where a != b {
        let distance = abs(a - b)
        if distance.isFinite { noise = max(noise, distance) }
      }
    }
    let allowed = 1e-4 * scale + 64 * noise + 1e-6
    for i in exact.indices {
      let (a, b) = (found[i], exact[i])
      if a == b || (a.isNaN && b.isNaN) || abs(a - b) <= allowed { continue }
      // Beyond the range of f32, and where f32 overflows on the way.
      if !b.isFinite || abs(b) > 1e30 || others.contains(where: { !$0[i].isFinite }) { continue }
      return "element \(i) is \(a.significant(9)), expected \(b.significant(9)) ± \(allowed.significant(2))"
    }
    return nil
  }

  private func faultOfIntegers(_ found: [Int64], _ exact: [Int64], _ others: [[Int64]]) -> String? {
    for i in exact.indices where found[i] != exact[i] {
      if others.contains(where: { $0[i] != exact[i] }) { continue }
      return "element \(i) is \(found[i]), expected \(exact[i])"
    }
    return nil
  }
}
