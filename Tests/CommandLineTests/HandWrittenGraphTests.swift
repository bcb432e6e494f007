import Support
import Testing

extension CommandLineTests {
  /// Graphs by hand, unlike what differentiation leaves: compiled at every level they are what the interpreter says.
  @Suite struct HandWrittenGraphTests {
    private static let aSymmetricSumInPlace = """
      func @main(%w: f32[64,64]) -> (w: f32[64,64] alias %w) {
        %0 = transpose %w {permutation = [1, 0]} : f32[64,64]
        %1 = add %w, %0 : f32[64,64]
        return %1
      }

      """

    private static let aTransposeInPlace = """
      func @main(%w: f32[64,64]) -> (w: f32[64,64] alias %w) {
        %0 = transpose %w {permutation = [1, 0]} : f32[64,64]
        return %0
      }

      """

    private static let argumentsThatChangePlaces = """
      func @main(%a: f32[400], %b: f32[400]) -> (x: f32[400] alias %a, y: f32[400] alias %b) {
        return %b, %a
      }

      """

    private static let aRowTakenFromAllInPlace = """
      func @main(%a: f32[90,70]) -> (a: f32[90,70] alias %a) {
        %0 = slice %a {start = [0, 0], limit = [1, 70]} : f32[1,70]
        %1 = reshape %0 : f32[70]
        %2 = broadcast %1 {axes = [1]} : f32[90,70]
        %3 = sub %a, %2 : f32[90,70]
        return %3
      }

      """

    private static let aScatterThatIsConverted = """
      func @main(%ones: f32[5], %ids: i32[5]) -> (mask: bool[9], count: i32[9]) {
        %0 = scatter_add %ones, %ids {batch_dims = 0} : f32[9]
        %1 = convert %0 : bool[9]
        %2 = convert %0 : i32[9]
        return %1, %2
      }

      """

    private static let anAdjointBeforeItsAttention = """
      func @main(%q: f32[2,4,8], %k: f32[2,4,8], %v: f32[2,4,8], %do: f32[2,4,8])
          -> (o: f32[2,4,8], dq: f32[2,4,8], dk: f32[2,4,8], dv: f32[2,4,8]) {
        %0 = matmul %q, %k {transpose_b = true} : f32[2,4,4]
        %1 = softmax %0 : f32[2,4,4]
        %2 = matmul %1, %do {transpose_a = true} : f32[2,4,8]
        %3 = matmul %do, %v {transpose_b = true} : f32[2,4,4]
        %4 = mul %3, %1 : f32[2,4,4]
        %5 = reduce %4 {with = sum, axes = [2]} : f32[2,4]
        %6 = broadcast %5 {axes = [0, 1]} : f32[2,4,4]
        %7 = sub %3, %6 : f32[2,4,4]
        %8 = mul %7, %1 : f32[2,4,4]
        %9 = matmul %8, %k : f32[2,4,8]
        %10 = matmul %8, %q {transpose_a = true} : f32[2,4,8]
        %11 = matmul %1, %v : f32[2,4,8]
        return %11, %9, %10, %2
      }

      """

    private static let twoDropoutsOfTwoSeeds = """
      func @main(%q: f32[2,4,8], %k: f32[2,4,8], %v: f32[2,4,8], %do: f32[2,4,8], %seed: i64[])
          -> (o: f32[2,4,8], dq: f32[2,4,8], dk: f32[2,4,8], dv: f32[2,4,8]) {
        %0 = matmul %q, %k {transpose_b = true} : f32[2,4,4]
        %1 = softmax %0 : f32[2,4,4]
        %2 = dropout %1, %seed {rate = 0.5, stream = 1} : f32[2,4,4]
        %3 = matmul %2, %v : f32[2,4,8]
        %4 = constant {value = 7} : i64[]
        %5 = matmul %2, %do {transpose_a = true} : f32[2,4,8]
        %6 = matmul %do, %v {transpose_b = true} : f32[2,4,4]
        %7 = dropout %6, %4 {rate = 0.5, stream = 1} : f32[2,4,4]
        %8 = mul %7, %1 : f32[2,4,4]
        %9 = reduce %8 {with = sum, axes = [2]} : f32[2,4]
        %10 = broadcast %9 {axes = [0, 1]} : f32[2,4,4]
        %11 = sub %7, %10 : f32[2,4,4]
        %12 = mul %11, %1 : f32[2,4,4]
        %13 = matmul %12, %k : f32[2,4,8]
        %14 = matmul %12, %q {transpose_a = true} : f32[2,4,8]
        return %3, %13, %14, %5
      }

      """

    private static let anAdjointThatOthersReadToo = """
      func @main(%x: f32[16,8], %g: f32[8], %b: f32[8], %dy: f32[16,8])
          -> (y: f32[16,8], dx: f32[16,8], extra: f32[16,8]) {
        %0 = reduce %x {with = sum, axes = [1]} : f32[16]
        %1 = constant {value = 0.125} : f32[16]
        %2 = mul %0, %1 : f32[16]
        %3 = broadcast %2 {axes = [0]} : f32[16,8]
        %4 = sub %x, %3 : f32[16,8]
        %5 = mul %4, %4 : f32[16,8]
        %6 = reduce %5 {with = sum, axes = [1]} : f32[16]
        %7 = mul %6, %1 : f32[16]
        %8 = constant {value = 1e-05} : f32[16]
        %9 = add %7, %8 : f32[16]
        %10 = rsqrt %9 : f32[16]
        %11 = broadcast %10 {axes = [0]} : f32[16,8]
        %12 = mul %4, %11 : f32[16,8]
        %13 = broadcast %g {axes = [1]} : f32[16,8]
        %14 = mul %12, %13 : f32[16,8]
        %15 = broadcast %b {axes = [1]} : f32[16,8]
        %16 = add %14, %15 : f32[16,8]
        %17 = mul %dy, %13 : f32[16,8]
        %18 = mul %17, %11 : f32[16,8]
        %19 = mul %17, %4 : f32[16,8]
        %20 = reduce %19 {with = sum, axes = [1]} : f32[16]
        %21 = mul %10, %10 : f32[16]
        %22 = mul %21, %10 : f32[16]
        %23 = constant {value = -0.0625} : f32[16]
        %24 = mul %22, %23 : f32[16]
        %25 = mul %20, %24 : f32[16]
        %26 = broadcast %25 {axes = [0]} : f32[16,8]
        %27 = mul %26, %4 : f32[16,8]
        %28 = add %27, %27 : f32[16,8]
        %29 = add %18, %28 : f32[16,8]
        %30 = reduce %29 {with = sum, axes = [1]} : f32[16]
        %31 = constant {value = -0.125} : f32[16]
        %32 = mul %30, %31 : f32[16]
        %33 = broadcast %32 {axes = [0]} : f32[16,8]
        %34 = add %29, %33 : f32[16,8]
        %35 = abs %29 : f32[16,8]
        return %16, %34, %35
      }

      """

    private static let aSliceNobodyReads = """
      func @main(%x: f32[64,16], %w: f32[16,24], %u: f32[16,32], %ids: i32[4])
          -> (a: f32[4,8], b: f32[64,8], c: f32[64,8], d: f32[4,32]) {
        %0 = matmul %x, %w : f32[64,24]
        %1 = slice %0 {start = [0, 0], limit = [64, 16]} : f32[64,16]
        %2 = slice %1 {start = [0, 0], limit = [64, 8]} : f32[64,8]
        %3 = slice %1 {start = [0, 8], limit = [64, 16]} : f32[64,8]
        %4 = slice %0 {start = [0, 16], limit = [64, 24]} : f32[64,8]
        %5 = gather %2, %ids {batch_dims = 0} : f32[4,8]
        %6 = matmul %x, %u : f32[64,32]
        %7 = gather %6, %ids {batch_dims = 0} : f32[4,32]
        return %5, %3, %4, %7
      }

      """

    private static let sumsOfNothing = """
      func @main(%x: f32[2,8]) -> (low: f32[2], high: f32[2], wide: f64[2]) {
        %0 = constant {value = -inf} : f32[2,8]
        %1 = log_sum_exp %0 : f32[2]
        %2 = constant {value = inf} : f32[2,8]
        %3 = add %x, %2 : f32[2,8]
        %4 = log_sum_exp %3 : f32[2]
        %5 = constant {value = -inf} : f64[2,8]
        %6 = log_sum_exp %5 : f64[2]
        return %1, %4, %6
      }

      """

    /// bf16 and back, each level read twice: what is computed in the loops of its readers is computed once in each.
    private static let manyLevels: String = {
      var text = "func @main(%x: bf16[64]) -> (y: bf16[64]) {\n"
      var last = "%x"
      for level in 0..<40 {
        let at = 4 * level
        text += "  %\(at) = convert \(last) : f32[64]\n  %\(at + 1) = tanh %\(at) : f32[64]\n"
        text += "  %\(at + 2) = mul %\(at), %\(at + 1) : f32[64]\n  %\(at + 3) = convert %\(at + 2) : bf16[64]\n"
        last = "%\(at + 3)"
      }
      return text + "  return \(last)\n}\n"
    }()

    @Test(arguments: [
      ("aSymmetricSumInPlace", aSymmetricSumInPlace),
      ("aTransposeInPlace", aTransposeInPlace),
      ("argumentsThatChangePlaces", argumentsThatChangePlaces),
      ("aRowTakenFromAllInPlace", aRowTakenFromAllInPlace),
      ("aScatterThatIsConverted", aScatterThatIsConverted),
      ("anAdjointBeforeItsAttention", anAdjointBeforeItsAttention),
      ("twoDropoutsOfTwoSeeds", twoDropoutsOfTwoSeeds),
      ("anAdjointThatOthersReadToo", anAdjointThatOthersReadToo),
      ("aSliceNobodyReads", aSliceNobodyReads),
      ("sumsOfNothing", sumsOfNothing),
      ("manyLevels", manyLevels),
    ])
    func everyLevelAgrees(_ name: String, _ text: String) throws {
      let scratch = try ScratchDirectory()
      let file = try scratch.write(text, to: "graph.tir")
      for level in 0...3 {
        let outcome = try Tool.run("mrmc diff \(file) -O\(level) --verify-each")
        #expect(outcome.status == 0, "\(name) at -O\(level): \(outcome.output)\(outcome.errors)")
      }
    }
  }
}
