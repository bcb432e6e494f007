import IRText
import Interpreter
import Passes
import TensorIR
import Testing

/// Attention and its adjoints, as differentiation leaves them, become one operation each with the same results.
struct AttentionFusionTests {
  private static let text = """
    func @loss_and_grads(
      %q: f64[2,5,4] {param, init = zeros},
      %k: f64[2,7,4] {param, init = zeros},
      %v: f64[2,7,3] {param, init = zeros},
      %b: f64[2,5,7],
      %seed: i64[]
    ) -> (loss: f64[], grad.q: f64[2,5,4], grad.k: f64[2,7,4], grad.v: f64[2,7,3]) {
      %0 = matmul %q, %k {transpose_b = true} : f64[2,5,7]
      %1 = constant {value = 0.5} : f64[2,5,7]
      %2 = mul %0, %1 : f64[2,5,7]
      %3 = add %2, %b : f64[2,5,7]
      %4 = softmax %3 : f64[2,5,7]
      %5 = dropout %4, %seed {rate = 0.25, stream = 3} : f64[2,5,7]
      %6 = matmul %5, %v : f64[2,5,3]
      %7 = exp %6 : f64[2,5,3]
      %8 = reduce %7 {with = sum, axes = [0, 1, 2]} : f64[]
      %9 = constant {value = 1.0} : f64[]
      %10 = broadcast %9 {axes = []} : f64[2,5,3]
      %11 = mul %10, %7 : f64[2,5,3]
      %12 = matmul %11, %v {transpose_b = true} : f64[2,5,7]
      %13 = matmul %5, %11 {transpose_a = true} : f64[2,7,3]
      %14 = dropout %12, %seed {rate = 0.25, stream = 3} : f64[2,5,7]
      %15 = mul %14, %4 : f64[2,5,7]
      %16 = reduce %15 {with = sum, axes = [2]} : f64[2,5]
      %17 = broadcast %16 {axes = [0, 1]} : f64[2,5,7]
      %18 = sub %14, %17 : f64[2,5,7]
      %19 = mul %4, %18 : f64[2,5,7]
      %20 = mul %19, %1 : f64[2,5,7]
      %21 = matmul %20, %k : f64[2,5,4]
      %22 = matmul %20, %q {transpose_a = true} : f64[2,7,4]
      return %8, %21, %22, %13
    }

    """

  private func function(_ text: String) throws -> Function {
    try #require(try Module(parsing: text, file: "attention.tir").functions.first)
  }

  @Test func forwardAndBackwardBecomeOneOperationEach() throws {
    let function = try function(Self.text)
    var manager = try PassManager(Pipeline(parsing: "fuse-attention"), PassManager.Options(verifyEach: true))
    let fused = try manager.run(function)
    #expect(manager.context.count("fuse-attention") == 2)
    let names = fused.nodes.map(\.op.mnemonic)
    #expect(names.contains("attention") && names.contains("attention_gradient"))
    #expect(!names.contains("softmax") && !names.contains("matmul"))
    let inputs = function.arguments.enumerated().map { index, argument in
      argument.name == "seed"
        ? HostTensor(argument.type, [Int64(11)]) : HostTensor.sample(argument.type, salt: index)
    }
    let before = try Interpreter.run(function, inputs: inputs)
    let after = try Interpreter.run(fused, inputs: inputs)
    for (a, b) in zip(before, after) { #expect(a.difference(from: b) == nil) }
  }

  /// An attention multiplies f32 or f64; what multiplies bf16, or bf16 and f32, stays as it is.
  @Test(arguments: [
    """
    func @f(%q: bf16[2,5,4], %k: bf16[2,7,4], %v: bf16[2,7,3]) -> (y: bf16[2,5,3]) {
      %0 = matmul %q, %k {transpose_b = true} : bf16[2,5,7]
      %1 = softmax %0 : bf16[2,5,7]
      %2 = matmul %1, %v : bf16[2,5,3]
      return %2
    }
    """,
    """
    func @f(%q: bf16[2,5,4], %k: bf16[2,7,4], %v: f32[2,7,3]) -> (y: f32[2,5,3]) {
      %0 = matmul %q, %k {transpose_b = true, wide = true} : f32[2,5,7]
      %1 = softmax %0 : f32[2,5,7]
      %2 = matmul %1, %v : f32[2,5,3]
      return %2
    }
    """,
  ])
  func productsOfOtherTypesStay(_ text: String) throws {
    let function = try function(text)
    var manager = try PassManager(Pipeline(parsing: "fuse-attention"), PassManager.Options(verifyEach: true))
    #expect(try manager.run(function) == function)
  }

  @Test func probabilitiesThatAreAResultStay() throws {
    let shown = Self.text
      .replacing("-> (loss: f64[],", with: "-> (p: f64[2,5,7], loss: f64[],")
      .replacing("return %8,", with: "return %4, %8,")
    let function = try function(shown)
    var manager = try PassManager(Pipeline(parsing: "fuse-attention"), PassManager.Options(verifyEach: true))
    #expect(try manager.run(function) == function)
  }
}
