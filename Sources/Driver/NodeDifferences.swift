import Interpreter
import TensorIR

/// The nodes of a function one by one: what compiled code gave each, against the interpreter on what it gave its operands.
package struct NodeDifferences {
  private let function: Function
  private let tolerance: Double
  /// The function with what its nodes give as its results.
  package let exposed: Function

  package init(_ function: Function, tolerance: Double) {
    self.function = function
    self.tolerance = tolerance
    var exposed = function
    exposed.results = []
    exposed.guards = []
    for node in function.nodes {
      for result in node.results { exposed.results.append(FunctionResult("v\(result.index)", result)) }
    }
    self.exposed = exposed
  }

  /// Whether values are rounded to bf16 anywhere.
  package var isNarrow: Bool {
    function.hasValues(of: .bf16) || function.nodes.contains(where: roundsWithin)
  }

  /// The number of the first node that differs, its text, layer and difference, given the arguments and what `exposed` gave;
  /// nil if none does.
  package func first(_ inputs: [HostTensor], _ outputs: [HostTensor]) throws(Diagnostic) -> String? {
    let values = inputs + outputs
    for (index, node) in function.nodes.enumerated() {
      let operands = node.operands.map { values[$0.index] }
      let right = try Interpreter.evaluate(node.op, operands, options: Diff.rounding)
      for (result, right) in zip(node.results, right) {
        let difference = Difference(values[result.index], right, rounded: right.type.element == .bf16)
        if difference.relative <= (roundsWithin(node) ? max(tolerance, Self.rounding) : tolerance) { continue }
        let layer = node.provenance.layer.isEmpty ? "" : "\n  layer: \(node.provenance.layer)"
        return "\(index):\n  \(Printer().text(node, in: function))\(layer)\n  \(difference)"
      }
    }
    return nil
  }

  /// The relative error of rounding to bf16, of both operands of a product.
  private static let rounding = 0x1p-8

  /// Whether the operation rounds f32 values of its own to bf16.
  private func roundsWithin(_ node: Node) -> Bool {
    if case .attention(let op) = node.op { return op.narrow }
    if case .attentionGradient(let op) = node.op { return op.attention.narrow }
    if case .linearCrossEntropyGradient = node.op { return function.type(of: node.operands[0]).element == .bf16 }
    return false
  }
}
