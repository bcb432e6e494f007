import GraphFuzz
import Interpreter
import Passes
import Support
import TensorIR
import Testing

/// Random functions and their gradients: optimised, unoptimised and interpreted give the same.
@Suite struct FuzzTests {
  static let seeds = stride(from: UInt64(1), to: 301, by: 50).map { $0 }

  @Test(arguments: seeds) func optimisedEqualsUnoptimisedEqualsInterpreted(first: UInt64) throws {
    var run = FuzzRun()
    for finding in try run.run(first: first, count: 50) { Issue.record("\(finding.message)\n\(finding.text)") }
    #expect(run.graphs == 50)
  }

  /// The random functions hold what passes look for, but for the many gradients whose sums are pooled; recompute works
  /// only where a memory budget asks for it.
  @Test func everyPassFires() throws {
    var manager = try PassManager(.level(3))
    var sharing = 0
    for seed in UInt64(0)..<300 {
      for function in try FuzzRun.functions(seed) {
        _ = try manager.run(function)
        if function.name.hasPrefix("shared") { sharing += 1 }
      }
    }
    #expect(sharing > 0)
    #expect(Pass.all.map(\.name).filter { manager.context.count($0) == 0 } == ["pool-sums", "recompute"])
  }

  /// Every operation that a model or its gradient is made of; the fused ones are made by passes.
  @Test func everyOperationOccurs() throws {
    var seen = Set<String>()
    for seed in UInt64(0)..<200 {
      for function in try FuzzRun.functions(seed) { seen.formUnion(function.nodes.map(\.op.mnemonic)) }
    }
    let fused = Set([
      "attention", "attention_gradient", "layer_norm", "layer_norm_gradient", "linear_cross_entropy",
      "linear_cross_entropy_gradient",
    ])
    #expect(Op.mnemonics.filter { !seen.contains($0) && !fused.contains($0) } == [])
  }

  /// 22·(1 − Σ softmax(x)), which is zero: what is left of it depends on how the sum is taken.
  @Test func whatCancellingSumsLeaveIsNoFault() throws {
    var function = Function(name: "main")
    let x = function.addArgument(Argument("x", TensorType(.f32, [8])))
    var b = Builder(function)
    let sum = try b.reduce(.sum, try b.scale(try b.add(.softmax(Softmax()), [x]), by: 22), axes: [0])
    let rest = try b.binary(.sub, sum, try b.splat(22, TensorType(.f32, [])))
    b.function.results = [FunctionResult("y", rest)]
    let truth = try GraphTruth(b.function, GraphInputs.values(for: b.function, seed: 1))
    #expect(try truth.fault(of: [HostTensor(TensorType(.f32, []), [3e-6 as Double])]) == nil)
    #expect(try truth.fault(of: [HostTensor(TensorType(.f32, []), [1e-2 as Double])]) != nil)
  }

  @Test func theSameSeedGivesTheSameFunction() throws {
    for seed in UInt64(0)..<20 {
      #expect(try GraphGenerator.function(seed: seed).description == GraphGenerator.function(seed: seed).description)
    }
    #expect(try GraphGenerator.function(seed: 1) != GraphGenerator.function(seed: 2))
  }
}
