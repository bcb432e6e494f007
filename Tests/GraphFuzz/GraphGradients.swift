import Autodiff
import BufferIR
import OpHarness
import Support
import TensorIR

/// A random function with the gradients of its loss.
enum GraphGradients {
  /// The results, then the gradients of all floating-point arguments, or for some of these the argument moved against its
  /// gradient, in the argument's memory.
  static func function(of source: Function, seed: UInt64) throws(Diagnostic) -> Function {
    var random = RandomSource(seed: seed)
    let names = source.arguments.filter { $0.type.element.isFloat }.map(\.name)
    let gradients = try Autodiff.gradients(of: source, loss: "loss", withRespectTo: names)
    var b = Builder(gradients)
    b.provenance = Provenance(layer: "update")
    for (index, result) in gradients.results.enumerated() where result.name.hasPrefix("grad.") {
      if random.integer(0..<4) > 0 { continue }
      let argument = gradients.argument(named: String(result.name.dropFirst("grad.".count)))!
      let step = try b.scale(result.value, by: -0.1)
      let moved = try b.binary(.add, argument, step)
      b.function.results[index] = FunctionResult("new." + result.name.dropFirst(5), moved, alias: argument)
    }
    // Where an update would come before a reader that needs the old value, it needs memory of its own.
    if (try? Program.lower(b.function, options: .level(0))) == nil {
      for index in b.function.results.indices { b.function.results[index].alias = nil }
    }
    try Verifier.verify(b.function)
    return b.function
  }

  /// The function with only some of its results.
  static func selection(of source: Function, seed: UInt64) -> Function {
    var random = RandomSource(seed: seed)
    var result = source
    let kept = source.results.filter { _ in random.integer(0..<3) == 0 }
    result.results = kept.isEmpty ? [source.results[0]] : kept
    return result
  }
}
