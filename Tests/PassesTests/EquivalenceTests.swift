import Interpreter
import Passes
import TensorIR
import Testing

/// Passes change how, never what: the interpreter gives the same results before and after.
struct EquivalenceTests {
  static func check(_ pipeline: Pipeline, seeds: Range<UInt64>) throws -> PassContext {
    var manager = try PassManager(pipeline, PassManager.Options(verifyEach: true))
    for seed in seeds {
      let function = try RandomFunction.make(seed: seed)
      try Verifier.verify(function)
      let inputs = function.arguments.enumerated().map { HostTensor.sample($0.element.type, salt: $0.offset) }
      let before = try Interpreter.run(function, inputs: inputs)
      let optimised = try manager.run(function)
      let after = try Interpreter.run(optimised, inputs: inputs)
      for (index, (a, b)) in zip(before, after).enumerated() {
        if let difference = a.difference(from: b) {
          Issue.record("seed \(seed), result \(index): \(difference)\n\(function)\n\(optimised)")
          return manager.context
        }
      }
    }
    return manager.context
  }

  @Test(arguments: Pass.all.map(\.name))
  func eachPassAlone(_ name: String) throws {
    let context = try Self.check(Pipeline(parsing: name), seeds: 0..<150)
    // The random functions hold none of these, and no backward.
    let isAbsent = [
      "erase-stop-gradient", "fuse-attention", "fuse-gathers", "fuse-layer-norm", "fuse-lm-head", "masked-gather",
      "pool-sums", "recompute", "rematerialise", "row-demand",
    ].contains(name)
    #expect(context.count(name) > 0 || isAbsent, "\(name) never fired")
  }

  @Test(arguments: 0...3)
  func eachLevel(_ level: Int) throws {
    #expect(try Self.check(.level(level), seeds: 200..<400).rewrites > 0)
  }

  /// Run again and again in any order: what one pass makes, every other must cope with.
  @Test func passesInOtherOrders() throws {
    let names = Pass.all.map(\.name)
    let reversed = (names.reversed() + names + ["layout", "canonicalise", "layout", "fold", "canonicalise"]).joined(
      separator: ",")
    _ = try Self.check(Pipeline(parsing: reversed), seeds: 400..<500)
  }

  /// Every equation applies somewhere in the random functions, so that each is tested.
  @Test func everyEquationFires() throws {
    let context = try Self.check(Pipeline(parsing: "canonicalise,layout"), seeds: 0..<400)
    let fired = Set(context.counters.map(\.rewrite))
    for equation in [
      "x + 0 ⇒ x", "x + (−y) ⇒ x − y", "x · 1 ⇒ x", "x · (−1) ⇒ −x", "x / c ⇒ x · (1/c)", "−(−x) ⇒ x", "|−x| ⇒ |x|",
      "select(c, a, a) ⇒ a", "select(¬c, a, b) ⇒ select(c, b, a)", "reshape(reshape(x)) ⇒ reshape(x)",
      "transpose(transpose(x)) ⇒ transpose(x)", "transpose of axes of size 1 ⇒ reshape",
      "transpose(broadcast(x)) ⇒ broadcast(transpose(x))", "broadcast(broadcast(x)) ⇒ broadcast(x)",
      "broadcast(reshape(x)) ⇒ broadcast(x)", "view(constant) ⇒ constant", "slice(slice(x)) ⇒ slice(x)",
      "slice(concat(…, x, …)) ⇒ slice(x)", "slice(pad(x)) ⇒ slice(x)", "slice(broadcast(x)) ⇒ broadcast(x)",
      "concat(concat(x, y), z) ⇒ concat(x, y, z)", "pad(pad(x)) ⇒ pad(x)", "pad(a) + pad(b) ⇒ pad(concat(a, b))",
      "reduce over axes of size 1 ⇒ reshape", "reduce(reduce(x)) ⇒ reduce(x)", "Σ broadcast(x) ⇒ n · broadcast(x)",
      "max broadcast(x) ⇒ broadcast(x)", "reduce(reshape(x)) ⇒ reshape(reduce(x))", "Σ pad(x) ⇒ pad(Σ x)",
      "matmul(xᵀ, y) ⇒ matmul(x, y) with a flag", "matmul(x, y)ᵀ ⇒ matmul(yᵀ, xᵀ)",
      "transpose(f(transpose(x))) ⇒ f(x)", "f(transpose(x), transpose(y)) ⇒ transpose(f(x, y))",
      "reduce(transpose(x)) ⇒ reduce(x)",
    ] {
      #expect(fired.contains(equation), "\(equation) never fired")
    }
  }
}
