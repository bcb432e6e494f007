import GraphFuzz
import IRText
import Support
import TensorIR
import Testing

extension CommandLineTests {
  /// Models that are nothing like MRM, in Swift files as users write them: compiled, fused, and differentiated rightly.
  @Suite struct ExampleTests {
    private static let directory = Tool.packageDirectory + "/docs/examples"

    private func function(_ stage: String, _ model: String) throws -> Function {
      let outcome = try Tool.run(
        "mrmc ir \(model) --batch 2 --stage \(stage) --function loss_and_grads --no-locations", in: Self.directory)
      try #require(outcome.status == 0, "\(outcome.errors)")
      return try Module(parsing: outcome.output, file: model).functions[0]
    }

    private func counts(_ function: Function) -> [String: Int] {
      function.nodes.reduce(into: [:]) { $0[$1.op.mnemonic, default: 0] += 1 }
    }

    @Test(arguments: [
      "gpt.swift", "gpt.swift --set tied=false --set heads=1", "gpt.swift --set length=33 --set dropout=0",
      "mixer.swift", "mixer.swift --set width=33", "bert.swift", "bert.swift --set depth=2 --set length=33",
    ])
    func compiledEqualsInterpreted(model: String) throws {
      for function in ["loss_and_grads", "accumulate"] {
        let outcome = try Tool.run("mrmc diff \(model) --batch 2 --function \(function)", in: Self.directory)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      }
    }

    @Test(arguments: ["true", "false"]) func causalAttentionIsFused(tied: String) throws {
      let fused = try function("fused", "gpt.swift --set depth=3 --set tied=\(tied)")
      let counts = counts(fused)
      #expect(counts["attention"] == 3 && counts["attention_gradient"] == 3)
      #expect(counts["softmax", default: 0] <= 1, "only the cross-entropy's may remain")
      for node in fused.nodes {
        if case .attention(let op) = node.op { #expect(op.hasBias && op.dropout?.rate == 0.1) }
      }
    }

    @Test func theMixerHasNoAttention() throws {
      let counts = counts(try function("fused", "mixer.swift"))
      #expect(counts["attention"] == nil && counts["softmax", default: 0] <= 1)
    }

    @Test(arguments: ["gpt.swift", "gpt.swift --set tied=false", "mixer.swift", "bert.swift"])
    func gradientsAreCentralDifferences(model: String) throws {
      let outcome = try Tool.run(
        "mrmc ir \(model) --batch 2 --stage graph --function loss --no-locations", in: Self.directory)
      try #require(outcome.status == 0, "\(outcome.errors)")
      let loss = try Module(parsing: outcome.output, file: model).functions[0]
      for argument in loss.arguments where argument.isTrainable {
        let fault = try FiniteDifference.fault(of: loss, seed: 3, along: [argument.name])
        #expect(fault == nil, "\(model) \(argument.name): \(fault ?? "")")
      }
    }
  }
}
