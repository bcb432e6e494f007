import Interpreter
import Passes
import TensorIR
import Testing

/// Leaving out rows that nobody reads changes neither losses nor gradients.
struct RowDemandTests {
  private static let before = "erase-stop-gradient,fold,canonicalise,cse"

  private static func check(_ pipeline: Pipeline, seeds: Range<UInt64>) throws -> PassContext {
    var manager = try PassManager(pipeline, PassManager.Options(verifyEach: true))
    for seed in seeds {
      let function = try RandomRows.make(seed: seed)
      try Verifier.verify(function)
      let inputs = RandomRows.inputs(function)
      let plain = try Interpreter.run(function, inputs: inputs)
      let passed = try Interpreter.run(try manager.run(function), inputs: inputs)
      // Gradients through several products differ in the order of sums.
      let largest = plain.flatMap(\.reals).map(abs).max() ?? 0
      for ((result, a), b) in zip(zip(function.results, plain), passed) {
        let difference = zip(a.reals, b.reals).map { abs($0 - $1) }.max() ?? 0
        if !(difference <= 1e-10 * max(1, largest)) {
          Issue.record("seed \(seed): \(result.name) differs by \(difference)")
          return manager.context
        }
      }
    }
    return manager.context
  }

  @Test func lossesAndGradientsStay() throws {
    let context = try Self.check(Pipeline(parsing: Self.before + ",masked-gather,row-demand"), seeds: 0..<400)
    #expect(context.count("row-demand", "rows nobody reads are not computed") > 300)
    #expect(context.count("row-demand", "columns read at other rows are computed apart") > 20)
  }

  @Test func rowsInAnotherOrderStay() throws {
    let context = try Self.check(Pipeline(parsing: Self.before + ",masked-gather"), seeds: 800..<1000)
    for rewrite in [
      "scatter_add(x, ranks) ⇒ gather(x, order)", "slice(gather(x, ids)) ⇒ gather(x, slice(ids))",
    ] {
      #expect(context.count("masked-gather", rewrite) > 5, "\(rewrite)")
    }
  }

  @Test func alone() throws {
    #expect(try Self.check(Pipeline(parsing: "row-demand"), seeds: 400..<500).rewrites > 0)
  }

  @Test(arguments: 0...3)
  func withOthers(_ level: Int) throws {
    #expect(try Self.check(.level(level), seeds: 500..<560).rewrites > 0)
  }

  /// What it leaves holds nothing more for it, and it copes with what the others make of that.
  @Test func again() throws {
    let twice = try Self.check(
      Pipeline(
        parsing: Self.before
          + ",masked-gather,row-demand,layout,canonicalise,cse,masked-gather,row-demand,layout,dce,row-demand"),
      seeds: 600..<700)
    #expect(twice.rewrites > 0)
  }

  /// Every prefix of the rewrites is right, so that bisection finds the wrong one.
  @Test func stopsAtALimit() throws {
    for seed in UInt64(700)..<730 {
      let function = try RandomRows.make(seed: seed)
      let inputs = RandomRows.inputs(function)
      let plain = try Interpreter.run(function, inputs: inputs)
      for limit in 0..<4 {
        var manager = try PassManager(
          Pipeline(parsing: "row-demand"), PassManager.Options(rewriteLimit: limit, verifyEach: true))
        let passed = try Interpreter.run(try manager.run(function), inputs: inputs)
        #expect(manager.context.rewrites <= limit)
        let largest = plain.flatMap(\.reals).map(abs).max() ?? 0
        for (a, b) in zip(plain, passed) {
          #expect(zip(a.reals, b.reals).allSatisfy { abs($0 - $1) <= 1e-10 * max(1, largest) }, "seed \(seed)")
        }
      }
    }
  }
}
