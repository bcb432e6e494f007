import Autodiff
import Interpreter
import OpHarness
import Support
import TensorIR

/// The derivative of a function's loss along a random direction, by reverse mode and by central differences, in f64.
public enum FiniteDifference {
  /// How they differ; nil if they do not, or if the loss has a kink or a jump there.
  ///
  /// - Parameter names: the arguments that move; all floating-point ones unless given.
  public static func fault(
    of function: Function, seed: UInt64, along names: [String]? = nil
  ) throws(Diagnostic) -> String? {
    // Nothing tells central differences what is not to be differentiated.
    if function.nodes.contains(where: { $0.op == .stopGradient(StopGradient()) }) { return nil }
    var random = RandomSource(seed: seed)
    let inputs = GraphInputs.values(for: function, seed: seed)
    let floats = function.arguments.indices.filter {
      function.arguments[$0].type.element.isFloat && names?.contains(function.arguments[$0].name) != false
    }
    let direction = floats.map { index in inputs[index].reals.map { _ in random.uniform(-1, 1) } }
    let gradient = try Autodiff.gradients(
      of: function, loss: "loss", withRespectTo: floats.map { function.arguments[$0].name })
    let gradients = try Interpreter.run(gradient, inputs: inputs).suffix(floats.count)
    var computed = 0.0
    for (values, weights) in zip(gradients, direction) {
      for (a, b) in zip(values.reals, weights) { computed += a * b }
    }
    func difference(_ step: Double) throws(Diagnostic) -> Double {
      var ends: [Double] = []
      for shift in [step, -step] {
        var moved = inputs
        for (index, weights) in zip(floats, direction) {
          moved[index] = HostTensor(
            inputs[index].type, zip(inputs[index].reals, weights).map { $0 + shift * $1 })
        }
        ends.append(try Interpreter.run(function, inputs: moved)[0].scalar)
      }
      return (ends[0] - ends[1]) / (2 * step)
    }
    var differences: [Double] = []
    for step in [1e-4, 1e-5, 1e-6] { differences.append(try difference(step)) }
    let scale = max(1, differences.map(abs).max()!)
    func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-4 * scale }
    guard differences.allSatisfy({ agree($0, differences[1]) }) else { return nil }
    return differences.contains { agree($0, computed) }
      ? nil : "the gradient gives \(computed), central differences \(differences[1])"
  }
}
