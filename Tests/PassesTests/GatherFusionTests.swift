import Autodiff
import IRText
import Interpreter
import Passes
import TensorIR
import Testing

/// Rows put back into their order, mask tokens between them, forward and backward: nothing is joined or scattered.
struct GatherFusionTests {
  private static let text = """
    func @loss(%tokens: f64[2,4,5], %mask: f64[5], %noise: f64[2,7], %w: f64[2,8,5]) -> (loss: f64[]) {
      %order = argsort %noise : i32[2,7]
      %ranks = argsort %order : i32[2,7]
      %0 = slice %tokens {start = [0, 1, 0], limit = [2, 4, 5]} : f64[2,3,5]
      %1 = broadcast %mask {axes = [2]} : f64[2,4,5]
      %2 = concat %0, %1 {axis = 1} : f64[2,7,5]
      %3 = gather %2, %ranks {batch_dims = 1} : f64[2,7,5]
      %4 = slice %tokens {start = [0, 0, 0], limit = [2, 1, 5]} : f64[2,1,5]
      %5 = concat %4, %3 {axis = 1} : f64[2,8,5]
      %6 = mul %5, %5 : f64[2,8,5]
      %7 = mul %6, %w : f64[2,8,5]
      %8 = reduce %7 {with = sum, axes = [0, 1, 2]} : f64[]
      return %8
    }

    """

  private func fused(_ function: Function) throws -> (Function, PassManager) {
    var manager = try PassManager(
      Pipeline(parsing: "canonicalise,cse,fuse-gathers,dce"), PassManager.Options(verifyEach: true))
    return (try manager.run(function), manager)
  }

  private func inputs(_ function: Function) -> [HostTensor] {
    function.arguments.enumerated().map {
      $1.type.element == .f64 ? HostTensor.sample($1.type, salt: $0) : Self.outside
    }
  }

  private static let outside = HostTensor(
    TensorType(.i32, [2, 6]), [-3, -1, 0, 2, 3, 9, 4, 1, -2, 5, 100, 2] as [Int64])

  @Test func unshuffleAndItsAdjoint() throws {
    let loss = try #require(try Module(parsing: Self.text, file: "gather.tir").functions.first)
    let function = try Autodiff.gradients(of: loss, loss: "loss", withRespectTo: ["tokens", "mask"])
    let (result, manager) = try fused(function)
    #expect(manager.context.count("fuse-gathers") >= 4)
    let names = result.nodes.map(\.op.mnemonic)
    #expect(!names.contains("scatter_add"))
    // Only the indices and the adjoint of the tokens are joined.
    #expect(result.nodes.count { $0.op.mnemonic == "concat" && result.type(of: $0.result).element == .i32 } == 1)
    #expect(names.count { $0 == "concat" } <= 2)
    let before = try Interpreter.run(function, inputs: inputs(function))
    let after = try Interpreter.run(result, inputs: inputs(function))
    for (a, b) in zip(before, after) { #expect(a.difference(from: b) == nil) }
    #expect(before[2].reals.contains { $0 != 0 })
  }

  /// Indices that lie outside are clamped to the same rows as before.
  @Test func indicesOutside() throws {
    let text = """
      func @rows(%tokens: f64[2,4,5], %mask: f64[5], %i: i32[2,6]) -> (y: f64[2,7,5]) {
        %0 = slice %tokens {start = [0, 1, 0], limit = [2, 4, 5]} : f64[2,3,5]
        %1 = broadcast %mask {axes = [2]} : f64[2,2,5]
        %2 = concat %0, %1 {axis = 1} : f64[2,5,5]
        %3 = gather %2, %i {batch_dims = 1} : f64[2,6,5]
        %4 = slice %tokens {start = [0, 0, 0], limit = [2, 1, 5]} : f64[2,1,5]
        %5 = concat %4, %3 {axis = 1} : f64[2,7,5]
        return %5
      }

      """
    let function = try #require(try Module(parsing: text, file: "gather.tir").functions.first)
    let (result, manager) = try fused(function)
    #expect(manager.context.count("fuse-gathers") == 2)
    let inputs = inputs(function)
    let before = try Interpreter.run(function, inputs: inputs)
    let after = try Interpreter.run(result, inputs: inputs)
    #expect(before[0].difference(from: after[0]) == nil)
  }

  /// What fills the other rows differs from row to row: it must be joined.
  @Test func fillingThatVariesStays() throws {
    let text = Self.text.replacing(
      "%1 = broadcast %mask {axes = [2]}", with: "%1 = slice %w {start = [0, 0, 0], limit = [2, 4, 5]}")
    let function = try #require(try Module(parsing: text, file: "gather.tir").functions.first)
    let (result, _) = try fused(function)
    #expect(result.nodes.contains { $0.op.mnemonic == "gather" && result.type(of: $0.result).shape == [2, 7, 5] })
    #expect(!result.nodes.contains { $0.op.mnemonic == "select" })
  }
}
