import IRText
import Passes
import Support
import TensorIR
import Testing

struct PassManagerTests {
  static func function() throws -> Function {
    try Module(
      parsing: """
        func @f(%x: f32[4]) -> (a: f32[4], b: f32[4]) {
          %one = constant {value = 1} : f32[4]
          %0 = mul %x, %one : f32[4]  loc("enc.a")
          %1 = mul %0, %one : f32[4]  loc("enc.b")
          %2 = exp %1 : f32[4]
          %3 = exp %1 : f32[4]
          %4 = log %3 : f32[4]
          return %1, %2
        }
        """, file: "f.tir"
    ).functions[0]
  }

  @Test func namesAreUniqueAndFound() {
    #expect(Set(Pass.all.map(\.name)).count == Pass.all.count)
    for pass in Pass.all { #expect(Pass.named(pass.name)?.summary == pass.summary) }
    #expect(Pipeline.level(0).steps.count < Pipeline.level(1).steps.count)
  }

  @Test func textualPipelines() throws {
    let pipeline = try Pipeline(parsing: " cse , layout{depth=3}, fold{ limit = 7 } ,dce")
    #expect(pipeline.steps.map(\.pass.name) == ["cse", "layout", "fold", "dce"])
    #expect(pipeline.steps.map(\.arguments) == [[], [3], [7], []])
    #expect(try Pipeline(parsing: "").steps.isEmpty)
  }

  @Test(arguments: [
    ("cse,nothing", "unknown pass 'nothing'"), ("layout{deep=1}", "pass 'layout' has no parameter 'deep'"),
    ("layout{depth}", "pass 'layout': expected parameter=number, found 'depth'"),
    ("layout{depth=1", "pass 'layout': '{' is not closed"), ("cse,", "expected a pass after ',' in 'cse,'"),
    ("layout{depth=1}cse", "expected ',' after pass 'layout', found 'cse'"),
  ])
  func wrongPipelinesAreExplained(_ text: String, _ message: String) {
    let error = #expect(throws: Diagnostic.self) { try Pipeline(parsing: text) }
    #expect(error?.message == message)
    #expect(error?.code == .usage)
  }

  @Test func argumentsReachThePass() throws {
    var builder = Builder(Function(name: "f"))
    let list = try builder.add(.constant(Constant(.dense([1, 2, 3]), TensorType(.f32, [3]))), [])
    let root = try builder.unary(.sqrt, list)
    builder.function.results = [FunctionResult("r", root)]
    for (limit, count) in [(2, 0), (3, 1)] {
      var manager = try PassManager(Pipeline(parsing: "fold{limit=\(limit)}"))
      _ = try manager.run(builder.function)
      #expect(manager.context.rewrites == count)
    }
  }

  @Test func disabledPassesAreLeftOut() throws {
    var manager = try PassManager(.level(3), PassManager.Options(disabled: ["dce", "cse"]))
    #expect(!manager.pipeline.steps.contains { $0.pass.name == "dce" })
    #expect(try manager.run(Self.function()).nodes.contains { $0.op == .unary(Unary(.log)) })
    let error = #expect(throws: Diagnostic.self) {
      _ = try PassManager(.level(3), PassManager.Options(disabled: ["cre"]))
    }
    #expect(error?.code == .usage)
  }

  /// With a budget of n rewrites exactly n happen, and each budget's function differs from the one before: bisection works.
  @Test func theLimitCountsEveryRewrite() throws {
    let function = try Self.function()
    var unlimited = try PassManager(.level(3))
    let final = try unlimited.run(function)
    let total = unlimited.context.rewrites
    #expect(total > 4)
    var previous = function
    for limit in 0...total {
      var manager = try PassManager(.level(3), PassManager.Options(rewriteLimit: limit, verifyEach: true))
      let result = try manager.run(function)
      #expect(manager.context.rewrites == limit)
      #expect((result == previous) == (limit == 0))
      previous = result
    }
    #expect(previous == final)
  }

  @Test func remarksNameTheLayer() throws {
    var manager = try PassManager(Pipeline(parsing: "canonicalise"), PassManager.Options(remarks: true))
    _ = try manager.run(Self.function())
    #expect(
      manager.context.remarks.map(\.description) == [
        "canonicalise: @f enc.a: x · 1 ⇒ x", "canonicalise: @f enc.b: x · 1 ⇒ x",
      ])
    #expect(manager.context.counters.map(\.count) == [2])
    var silent = try PassManager(Pipeline(parsing: "canonicalise"))
    _ = try silent.run(Self.function())
    #expect(silent.context.remarks.isEmpty && silent.context.rewrites == 2)
  }

  @Test func hooksSeeEachPass() throws {
    var manager = try PassManager(Pipeline(parsing: "canonicalise,canonicalise,cse,dce"))
    let log = Log()
    manager.afterPass = { event in
      log.lines.append("\(event.index) \(event.pass.name) \(event.changed) \(event.after.nodes.count)")
    }
    _ = try manager.run(Self.function())
    // The second canonicalise finds nothing.
    #expect(log.lines == ["0 canonicalise true 4", "1 canonicalise false 4", "2 cse true 3", "3 dce true 1"])
    #expect(manager.timings.map(\.pass) == ["canonicalise", "canonicalise", "cse", "dce"])
    #expect(manager.timings[2].nodesBefore == 4 && manager.timings[2].nodesAfter == 3)
  }

  final class Log {
    var lines: [String] = []
  }

  @Test func aPassThatBreaksTheFunctionIsNamed() throws {
    let broken = Pass(name: "broken", summary: "declares a wrong type", level: 0) { (function, _) throws(Diagnostic) in
      var function = function
      function.addNode(.unary(Unary(.exp)), [ValueID(0)], types: [TensorType(.f32, [5])], Provenance())
      return function
    }
    let pipeline = Pipeline([Pipeline.Step(broken)])
    var trusting = try PassManager(pipeline)
    _ = try trusting.run(Self.function())
    var manager = try PassManager(pipeline, PassManager.Options(verifyEach: true))
    let error = #expect(throws: Diagnostic.self) { _ = try manager.run(Self.function()) }
    #expect(error?.code == .compilerBug)
    #expect(error?.message.hasPrefix("pass broken left @f ill-formed") == true)
  }

  /// Results keep names and aliases, guards stay, provenance stays.
  @Test func headersAndOriginsSurvive() throws {
    let module = try Module(
      parsing: """
        func @step(%w: f32[2] {param, init = ones, decay}) -> (w: f32[2] alias %w) {
          %0 = neg %w : f32[2]  loc("opt" M.swift:1)
          %1 = neg %0 : f32[2]
          %2 = exp %1 : f32[2]  loc("opt.exp" M.swift:2)
          %3 = reduce %2 {with = sum, axes = [0]} : f32[]
          return %2 guard %3
        }
        """, file: "step.tir")
    var manager = try PassManager(.level(3))
    let expected = """
      func @step(
        %w: f32[2] {param, init = ones, decay}
      ) -> (w: f32[2] alias %w) {
        %0 = exp %w : f32[2]  loc("opt.exp" M.swift:2)
        %1 = reduce %0 {with = sum, axes = [0]} : f32[]
        return %0 guard %1
      }

      """
    #expect(try manager.run(module).description == expected)
  }
}
