import BufferIR
import Driver
import Execution
import Interpreter
import Passes
import Testing

@Suite struct MemoryBudgetTests {
  private func compilation(_ budget: Int?, without disabled: [String] = []) throws -> Compilation {
    var options = BuildOptions(model: "mrm-nano")
    options.disabledPasses = disabled
    options.batch = 4
    options.memoryBudget = budget
    options.verifyEach = true
    return try Compilation(options)
  }

  /// The optimised `@train_step` and its planned bytes.
  private func step(_ budget: Int?) throws -> (function: Function, arena: Int, total: Int) {
    let compilation = try compilation(budget)
    let module = try compilation.optimized(try compilation.differentiated(["train_step"]))
    let program = try compilation.lowered(module)[0]
    return (module.functions[0], program.plan.arenaBytes, MemoryPlan([program]).totalBytes)
  }

  @Test(arguments: [0.95, 0.9, 0.85])
  func thePlanIsWithinTheBudget(_ share: Double) throws {
    let free = try step(nil)
    let budget = free.total - free.arena + Int(share * Double(free.arena))
    let fitted = try step(budget)
    #expect(fitted.total <= budget && fitted.arena < free.arena)
    #expect(fitted.function.nodes.count > free.function.nodes.count)
  }

  @Test func aBudgetLargeEnoughChangesNothing() throws {
    let free = try step(nil)
    #expect(try step(free.total).function == free.function)
  }

  @Test func whatCannotBeReachedNamesTheLeast() throws {
    #expect {
      _ = try step(1000)
    } throws: { error in
      let diagnostic = error as? Diagnostic
      return diagnostic?.code == .usage && diagnostic!.message.contains("needs at least")
    }
  }

  @Test func gradientsAreTheSame() throws {
    let compilation = try compilation(nil, without: ["rematerialise"])
    let module = try compilation.optimized(try compilation.differentiated(["loss_and_grads"]))
    let source = module.functions[0]
    let plan = RecomputePlan(source)
    #expect(plan.choices.count >= 20)
    let inputs = RandomInputs.values(source)
    let expected = try Interpreter.run(source, inputs: inputs)
    for count in [1, plan.choices.count / 3, plan.choices.count] {
      let again = try plan.applied(count)
      try Verifier.verify(again)
      let results = try Interpreter.run(again, inputs: inputs)
      #expect(results == expected, "\(count) values computed again")
    }
  }

  @Test func theCheapestPerByteComeFirstAndProductsLate() throws {
    let compilation = try compilation(nil, without: ["rematerialise"])
    let module = try compilation.optimized(try compilation.differentiated(["train_step"]))
    let choices = RecomputePlan(module.functions[0]).choices
    #expect(choices[0].productFLOPs == 0 && choices[0].operations <= Double(choices[0].bytes))
    let firstProduct = try #require(choices.firstIndex { $0.productFLOPs > 0 })
    #expect(firstProduct > choices.count / 8)
    #expect(choices[..<firstProduct].allSatisfy { $0.operations / Double($0.bytes) < 20 })
  }
}
