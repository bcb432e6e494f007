import Autodiff
import BufferIR
import Frontend
import GraphFuzz
import LLVMKit
import Models
import Passes
import TensorIR
import Testing
import TrainingHarness

/// The gradients of mrm-nano do not depend on which optimisations run, nor on their order.
@Suite struct PipelineTests {
  static func gradients() throws -> Function {
    try TrainingFunctions(of: try ModelRegistry.model(named: "mrm-nano").build(try ModelOptions(batch: 2)))
      .lossAndGradients()
  }

  static func expectEqual(_ function: Function, _ variants: [GraphVariant], level: OptimizationLevel = .none) throws {
    let inputs = TrainingStepTests.inputs(function)
    let faults = try VariantComparison.faults(of: function, inputs: inputs, variants, level: level)
    #expect(faults == [])
  }

  @Test(arguments: [(0, OptimizationLevel.standard), (1, .standard), (2, .standard), (3, .aggressive)])
  func everyLevel(level: Int, work: OptimizationLevel) throws {
    try Self.expectEqual(try Self.gradients(), [.level(level)], level: work)
  }

  @Test func eachOptimisationLeftOutInTurn() throws {
    let names = Pass.all.map(\.name) + LoweringSwitch.allCases.map(\.rawValue)
    try Self.expectEqual(try Self.gradients(), names.map { .level(3, without: [$0]) })
  }

  @Test func otherOrders() throws {
    try Self.expectEqual(try Self.gradients(), (1...8).map { .shuffled(3, seed: $0) })
  }

  /// The loss alone, and single gradients: what they do not need is not computed.
  @Test func fewerResults() throws {
    let whole = try Self.gradients()
    for wanted in [["loss"], ["loss_image", "loss_report"], ["loss", "grad.cls_token"]] {
      var part = whole
      part.results = whole.results.filter { wanted.contains($0.name) }
      try #require(!part.results.isEmpty)
      try Self.expectEqual(part, [.level(0), .level(2), .level(3)])
    }
  }

  /// Declared pairs name passes, the usual order keeps them, and any order that keeps them fuses as much.
  @Test func declaredOrderIsKeptAndEnough() throws {
    let names = Pass.all.map(\.name)
    for pair in PassOrder.all {
      let (earlier, later) = (try #require(names.firstIndex(of: pair.earlier)), names.firstIndex(of: pair.later))
      #expect(earlier < (try #require(later)), "\(pair.earlier) before \(pair.later): \(pair.reason)")
    }
    func fusions(_ pipeline: Pipeline) throws -> [String: Int] {
      var manager = try PassManager(pipeline)
      _ = try manager.run(try Self.gradients())
      return manager.context.counters.filter { $0.pass.hasPrefix("fuse-") }.reduce(into: [:]) {
        $0["\($1.pass): \($1.rewrite)", default: 0] += $1.count
      }
    }
    let usual = try fusions(.level(3))
    #expect(usual.values.reduce(0, +) > 0)
    for seed in UInt64(1)...12 {
      let shuffled = GraphVariant.shuffled(3, seed: seed)
      #expect(try fusions(shuffled.pipeline) == usual, "\(shuffled)")
    }
  }

  /// On random functions, whose passes meet in more ways.
  @Test func randomFunctions() throws {
    let names = Pass.all.map(\.name) + LoweringSwitch.allCases.map(\.rawValue)
    var check = GraphCheck(names.map { .level(3, without: [$0]) } + (1...4).map { .shuffled(3, seed: $0) })
    var functions: [Function] = []
    for seed in UInt64(7000)..<7012 {
      var function = try FuzzRun.functions(seed)[0]
      function.name = "graph\(seed)"
      functions.append(function)
    }
    for failure in try check.failures(functions) {
      Issue.record("\(functions[failure.index].name), \(failure.variant): \(failure.message)")
    }
  }
}
