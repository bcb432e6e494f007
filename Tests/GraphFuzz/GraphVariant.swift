import BufferIR
import Codegen
import LLVMKit
import OpHarness
import Passes
import Support
import TensorIR

/// One way to compile a function.
public struct GraphVariant: Sendable, CustomStringConvertible {
  public let description: String
  public let pipeline: Pipeline
  let lowering: LoweringOptions
  /// Whether results may take the memory of arguments, where the function says so.
  let inPlace: Bool
  let threads: Int32
  let target: Target

  /// The usual passes of an `-O` level, without those of the names given, and with products computed otherwise if asked.
  public static func level(
    _ level: Int, without disabled: [String] = [], products: ProductChoice? = nil, threads: Int32 = 2,
    target: Target = .host()
  ) -> GraphVariant {
    var lowering = LoweringOptions.level(level, without: disabled)
    if let products { lowering.products = products }
    let steps = pipeline(level).steps.filter { !disabled.contains($0.pass.name) }
    return GraphVariant(
      description: "-O\(level)" + disabled.map { " without \($0)" }.joined()
        + (products.map { ", products \($0)" } ?? "") + (target.isEmulated ? ", \(target)" : ""),
      pipeline: Pipeline(steps), lowering: lowering.suited(to: target), inPlace: level > 0, threads: threads,
      target: target)
  }

  /// The usual passes; values of any size are worth computing again, for those of random functions are small.
  private static func pipeline(_ level: Int) -> Pipeline {
    Pipeline(
      Pipeline.level(level).steps.map { step in
        step.pass.name == Pass.rematerialise.name ? Pipeline.Step(step.pass, arguments: [1]) : step
      })
  }

  /// The passes of an `-O` level in an order drawn from the seed.
  public static func shuffled(_ level: Int, seed: UInt64) -> GraphVariant {
    var random = RandomSource(seed: seed)
    let pipeline = pipeline(level).shuffled { Int(random.integer(0..<$0)) }
    return GraphVariant(
      description: "-O\(level) as " + pipeline.steps.map(\.pass.name).joined(separator: ","), pipeline: pipeline,
      lowering: LoweringOptions.level(level).suited(to: .host()), inPlace: true, threads: 2, target: .host())
  }

  /// The function after the passes, each of them verified, as kernels. Adds how often each pass
  /// rewrote something.
  public func lowered(
    _ function: Function, counting counts: inout [String: Int]
  ) throws(Diagnostic) -> Program {
    var manager = try PassManager(pipeline, PassManager.Options(verifyEach: true))
    let optimised = try manager.run(function)
    for counter in manager.context.counters { counts[counter.pass, default: 0] += counter.count }
    return try Program.lower(optimised, options: lowering)
  }
}
