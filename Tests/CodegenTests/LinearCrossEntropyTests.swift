import BufferIR
import Interpreter
import JITHarness
import LLVMKit
import OpHarness
import Passes
import Support
import TensorIR
import Testing

/// Heads with cross-entropy are fused where that is legal, and give the same numbers.
@Suite struct LinearCrossEntropyTests {
  static let forward = "cross-entropy of h·Wᵀ + b ⇒ linear_cross_entropy"
  static let backward = "cross-entropy adjoints ⇒ linear_cross_entropy_gradient"
  static let pass = "fuse-lm-head"

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var graph: HeadGraph
    /// Fused operations expected.
    var forward = 0
    var backward = 1
    var hasWeights = false
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    func graph(_ change: (inout HeadGraph) -> Void) -> HeadGraph {
      var graph = HeadGraph()
      change(&graph)
      return graph
    }
    return [
      Case(name: "mean", graph: graph { _ in }),
      Case(name: "sum", graph: graph { $0.reduction = .sum }),
      Case(name: "many classes", graph: graph { ($0.batch, $0.tokens, $0.classes) = (3, 11, 4200) }),
      Case(name: "two rows of one record", graph: graph { ($0.batch, $0.tokens) = (1, 2) }),
      Case(name: "one token each", graph: graph { ($0.tokens, $0.reduction) = (1, .masked) }, hasWeights: true),
      Case(name: "masked", graph: graph { $0.reduction = .masked }, hasWeights: true),
      Case(
        name: "masked, many classes",
        graph: graph { ($0.tokens, $0.classes, $0.reduction) = (11, 4200, .masked) }, hasWeights: true),
      Case(name: "scaled", graph: graph { $0.reduction = .scaled }),
      Case(name: "adjoint known after the loss", graph: graph { $0.reduction = .squared }, forward: 1),
      Case(name: "without bias", graph: graph { $0.hasBias = false }),
      Case(name: "tied", graph: graph { $0.isTied = true }),
      Case(name: "tied, masked", graph: graph { ($0.isTied, $0.reduction) = (true, .masked) }, hasWeights: true),
      Case(name: "loss alone", graph: graph { $0.isTraining = false }, forward: 1, backward: 0),
      Case(
        name: "masked loss alone", graph: graph { ($0.isTraining, $0.reduction) = (false, .masked) }, forward: 1,
        backward: 0, hasWeights: true),
      Case(
        name: "loss and argmax", graph: graph { ($0.isTraining, $0.extra) = (false, .argmax) }, forward: 1,
        backward: 0),
      Case(
        name: "masked loss and argmax",
        graph: graph { ($0.isTraining, $0.extra, $0.reduction) = (false, .argmax, .masked) },
        forward: 1, backward: 0),
    ]
  }()

  @Test(arguments: cases) func isFusedAndGivesTheSame(_ item: Case) throws {
    let function = try item.graph.function()
    var manager = try PassManager(Pipeline.level(2), .init(verifyEach: true))
    var fused = try manager.run(function)
    #expect(manager.context.count(Self.pass, Self.forward) == item.forward)
    #expect(manager.context.count(Self.pass, Self.backward) == item.backward)
    let names = fused.nodes.map(\.op.mnemonic)
    #expect(!names.contains("softmax") && !names.contains("log_sum_exp"))
    for node in fused.nodes {
      if case .linearCrossEntropy(let op) = node.op { #expect(op.hasWeights == item.hasWeights) }
      if case .linearCrossEntropyGradient(let op) = node.op { #expect(op.hasWeights == item.hasWeights) }
    }
    var plain = try PassManager(Pipeline.level(2), .init(disabled: [Self.pass]))
    var unfused = try plain.run(function)
    fused.name = "fused"
    unfused.name = "unfused"
    for name in TargetNames.all {
      let compiled = try CompiledProgram.compile([fused, unfused], target: try Target.named(name))
      for maskIsZero in [false, true] {
        let inputs = try Self.inputs(function, item.graph.values(maskIsZero: maskIsZero))
        let expected = try Interpreter.run(function, inputs: inputs)
        // Constants were folded in f32.
        for (a, b) in zip(try Interpreter.run(fused, inputs: inputs), expected) {
          #expect(relativeDifference(a, b) < 1e-7)
        }
        for program in compiled {
          for threads in name == "native" ? [1, 2, 3] : [2] {
            let run = program.run(inputs, threads: Int32(threads))
            for (found, (wanted, result)) in zip(run.outputs, zip(expected, function.results)) {
              let difference = relativeDifference(found, wanted)
              #expect(difference < 1e-5, "\(result.name), \(threads) threads: differs by \(difference)")
            }
          }
        }
      }
    }
  }

  @Test func refusesWhatNeedsTheLogits() throws {
    var graphs: [(HeadGraph, String)] = []
    for (extra, reason) in [
      (HeadGraph.Extra.logitsResult, "is a result"), (.logitsSum, "are also read by reduce"),
      (.logSumExpResult, "something other than the cross-entropy reads it"),
      (.argmax, "by argmax and by their adjoints"),
    ] {
      var graph = HeadGraph()
      graph.extra = extra
      graphs.append((graph, reason))
    }
    var wide = HeadGraph()
    wide.element = .f64
    graphs.append((wide, "the logits are f64"))
    for (graph, reason) in graphs {
      let function = try graph.function()
      var manager = try PassManager(Pipeline.level(2), .init(verifyEach: true, remarks: true))
      let result = try manager.run(function)
      #expect(manager.context.count(Self.pass) == 0)
      #expect(result.nodes.contains { $0.op.mnemonic == "softmax" })
      #expect(
        manager.context.remarks.contains {
          $0.pass == Self.pass && !$0.fired && $0.message.contains(reason) && $0.layer == "head"
        }, "\(reason): \(manager.context.remarks.filter { $0.pass == Self.pass })")
    }
  }

  /// A limit on rewrites leaves either all of a fusion or nothing.
  @Test func stopsAtTheLimitWithTheSameResults() throws {
    var graph = HeadGraph()
    graph.reduction = .squared
    let function = try graph.function()
    let inputs = try Self.inputs(function, graph.values())
    let expected = try Interpreter.run(function, inputs: inputs)
    for limit in 0...2 {
      var manager = try PassManager(Pipeline(parsing: "fuse-lm-head"), .init(rewriteLimit: limit, verifyEach: true))
      let result = try manager.run(function)
      #expect(result.nodes.contains { $0.op.mnemonic == "softmax" } == (limit < 2))
      for (a, b) in zip(try Interpreter.run(result, inputs: inputs), expected) {
        #expect(relativeDifference(a, b) < 1e-12)
      }
    }
  }

  /// Scratch is less than a quarter of the logits.
  @Test func logitsAreNeverInMemoryAtOnce() throws {
    var graph = HeadGraph()
    (graph.batch, graph.tokens, graph.features, graph.classes) = (8, 50, 16, 3000)
    var manager = try PassManager(Pipeline.level(2))
    let program = try Program.lower(try manager.run(try graph.function()))
    let logits = 8 * 50 * 3000 * 4
    #expect(!program.buffers.contains { $0.storage == .temporary && $0.byteCount > logits / 4 })
    #expect(program.plan.arenaBytes < logits / 3)
  }

  static func inputs(_ function: Function, _ values: [HarnessValues]) throws -> [HostTensor] {
    zip(function.arguments, values).map { argument, values in
      switch values {
      case .reals(let list): HostTensor(argument.type, list)
      case .integers(let list): HostTensor(argument.type, list)
      }
    }
  }
}
