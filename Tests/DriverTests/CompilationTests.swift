import Driver
import Testing

@Suite struct CompilationTests {
  private func compilation(_ change: (inout BuildOptions) -> Void = { _ in }) throws -> Compilation {
    var options = BuildOptions(model: "mrm-nano")
    options.batch = 2
    change(&options)
    return try Compilation(options)
  }

  @Test func trainingFunctionsAreMadeOfTheLoss() throws {
    let compilation = try compilation()
    #expect(
      compilation.functionNames == [
        "loss", "encode", "evaluate", "loss_and_grads", "train_step", "accumulate", "apply",
      ])
    let step = try compilation.function("train_step")
    #expect(step.argument(named: "lr") != nil)
    #expect(step.results.contains { $0.name == "exp_avg.cls_token" && $0.alias != nil })
  }

  @Test func anUnknownFunctionListsTheKnownOnes() throws {
    let compilation = try compilation()
    #expect {
      _ = try compilation.function("losss")
    } throws: { error in
      let diagnostic = error as? Diagnostic
      return diagnostic?.code == .usage && diagnostic!.notes.contains { $0.contains("loss_and_grads") }
    }
  }

  @Test func theBatchOfTheInputsCountsOnlyWhenNoneIsGiven() throws {
    var options = BuildOptions(model: "mrm-nano")
    let directory = try Scratch()
    let path = directory.path + "/inputs.safetensors"
    let writer = try SafeTensorsWriter(
      path: path,
      tensors: [.init(name: "cls_token", dtype: .f32, shape: [1]), .init(name: "noise", dtype: .f32, shape: [3, 2])])
    try [1, 6].forEach { count in
      try [Float](repeating: 0, count: count).withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
    let inputs = try SafeTensorsReader(path: path)
    #expect(try Compilation(options, inputs: inputs).batch == 3)
    options.batch = 5
    #expect(try Compilation(options, inputs: inputs).batch == 5)
    options.batch = nil
    #expect(try Compilation(options).batch == BuildOptions.standardBatch)
  }

  @Test func passesKeepResultsAndShrinkTheProgram() throws {
    let compilation = try compilation { $0.verifyEach = true }
    let before = try compilation.differentiated(["loss_and_grads"])
    let after = try compilation.optimized(before)
    #expect(after.functions[0].results.map(\.name) == before.functions[0].results.map(\.name))
    #expect(after.functions[0].nodes.count < before.functions[0].nodes.count)
  }

  @Test func loweringWithoutFusionTakesMoreKernels() throws {
    func kernels(_ level: Int) throws -> Int {
      let compilation = try compilation { $0.optimization = level }
      return try compilation.lowered(try compilation.optimized(try compilation.differentiated(["loss"])))[0].calls.count
    }
    #expect(try kernels(0) > kernels(2))
  }

  @Test(arguments: ["fuse-loops", "group-loops", "fuse-epilogues"])
  func optimisationsOfLoweringCanBeLeftOut(_ name: String) throws {
    func kernels(_ disabled: [String]) throws -> Int {
      let compilation = try compilation { $0.disabledPasses = disabled }
      return try compilation.lowered(try compilation.optimized(try compilation.differentiated(["loss"])))[0].calls.count
    }
    #expect(try kernels([name]) > kernels([]))
  }

  @Test func theSameOptionsGiveTheSameText() throws {
    func text() throws -> String {
      let compilation = try compilation()
      return Printer().text(try compilation.optimized(try compilation.differentiated(["train_step"])))
    }
    #expect(try text() == text())
  }
}
