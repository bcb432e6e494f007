import Execution
import Testing

@Suite struct MemoryPlanTests {
  private static func input(_ name: String, _ count: Int, _ role: ArgumentRole) -> ProgramDescription.Input {
    .init(name, TensorType(.f32, [count]), role: role)
  }

  private static let accumulate = ProgramDescription.Function(
    name: "accumulate",
    inputs: [
      input("x", 16, .input(port: FeedPort("image", "pixels"))), input("w", 32, .parameter(ParameterRole(.zeros))),
      input("t", 16, .parameter(ParameterRole(.zeros, trainable: false))),
      input("anything.w", 32, .state(slot: "anything", of: "w")),
      .init("scale", TensorType(.f32, []), role: .scalar(.gradientScale)),
    ],
    outputs: [
      .init("loss", TensorType(.f32, []), role: .loss),
      .init("anything.w", TensorType(.f32, [32]), role: .none, alias: 3),
    ])

  private static let apply = ProgramDescription.Function(
    name: "apply",
    inputs: [
      input("w", 32, .parameter(ParameterRole(.zeros))), input("anything.w", 32, .state(slot: "anything", of: "w")),
      input("velocity.w", 32, .state(slot: "velocity", of: "w")),
    ], outputs: [.init("w", TensorType(.f32, [32]), role: .none, alias: 0)])

  private func bytes(_ plan: MemoryPlan) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: plan.categories.map { ($0.name, $0.bytes) })
  }

  /// Sums of gradients are told by what `accumulate` updates, not by a name.
  @Test func categoriesComeFromRoles() {
    let plan = MemoryPlan(
      [
        .init(Self.accumulate, arenaBytes: 640, scratchBytes: 10, constantBytes: 7),
        .init(Self.apply, arenaBytes: 128, scratchBytes: 5000),
      ], batches: 2, threads: 3)
    #expect(
      bytes(plan) == [
        "parameters": 128, "fixed tables": 64, "moments": 128, "gradient sums": 128, "batches": 2 * 64 + 64,
        "temporaries": 640, "scratch": 3 * 8192, "constants": 7, "outputs": 64,
      ])
    #expect(plan.state.map(\.name) == ["w", "t", "anything.w", "velocity.w"])
    #expect(plan.outputs.map(\.name) == ["accumulate/loss"])
    #expect(plan.totalBytes == plan.categories.reduce(0) { $0 + $1.bytes })
    let one = MemoryPlan([.init(Self.apply, arenaBytes: 0)])
    #expect(bytes(one) == ["parameters": 128, "moments": 256])
    #expect(bytes(MemoryPlan([.init(Self.apply, arenaBytes: 0)], sums: ["anything"]))["gradient sums"] == 128)
    let parts = Feed.image(ImageFeed(side: 4, channels: 1, crop: .pretraining)).parts(batch: 2)
    #expect(bytes(MemoryPlan([.init(Self.accumulate, arenaBytes: 0)], parts: parts))["inputs"] == 128 + 64)
  }

  @Test func memoryThatThereIsNotIsSaidPlainly() {
    let error = #expect(throws: Diagnostic.self) { try MemoryBlock(bytes: 1 << 60) }
    #expect(error?.message == "not enough memory: \(byteText(1 << 60)) is needed")
  }
}
