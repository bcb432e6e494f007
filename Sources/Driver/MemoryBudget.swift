import BufferIR
import Execution
import Passes

/// Makes a function fit `--memory-budget`: finds how many kept values must be computed again in the backward, the
/// cheapest per byte first, until the planned peak is within it.
struct MemoryBudget {
  /// What fitting a function took.
  struct Report: Hashable {
    var function: String
    /// Values computed again.
    var values: Int
    /// Planned bytes without and with it.
    var before: Int
    var after: Int
    /// FLOPs of products that are done again, and of all.
    var addedFLOPs: Double
    var flops: Double

    /// `@train_step: 42 kept values computed again: 812.3 MB less, 3.1 GFLOP of products more (0.25 %)`.
    var text: String {
      "@\(function): \(values) kept values computed again: \(byteText(before - after)) less, "
        + "\((addedFLOPs * 1e-9).significant(3)) GFLOP of products more (\((100 * addedFLOPs / max(flops, 1)).fixed(2)) %)"
    }
  }

  let bytes: Int
  /// Planned bytes of a function, with those that share its memory.
  let peak: (Function) throws(Diagnostic) -> Int

  /// The fewest choices that fit; nil if none are needed. `badData` naming the least that can be reached if nothing fits.
  func choices(_ function: Function) throws(Diagnostic) -> (count: Int, report: Report)? {
    let before = try peak(function)
    if before <= bytes { return nil }
    let plan = RecomputePlan(function)
    var least = before
    func needed(_ count: Int) throws(Diagnostic) -> Int {
      let result = try peak(try plan.applied(count))
      least = min(least, result)
      return result
    }
    // More choices need less memory up to a point: look for the first of some places that fits, then between.
    let total = plan.choices.count
    var low = 0
    var high: (count: Int, peak: Int)?
    for part in 1...Self.places where total > 0 {
      let count = max(1, total * part / Self.places)
      let result = try needed(count)
      if result <= bytes {
        high = (count, result)
        break
      }
      low = count
    }
    guard var high else {
      throw Diagnostic(
        .usage, "--memory-budget \(bytes): @\(function.name) needs at least \(least) bytes (\(byteText(least)))",
        notes: ["without a budget it needs \(before) bytes", "a smaller --batch needs less"])
    }
    while high.count - low > 1 {
      let middle = (low + high.count) / 2
      let result = try needed(middle)
      if result <= bytes { high = (middle, result) } else { low = middle }
    }
    return (
      high.count,
      Report(
        function: function.name, values: high.count, before: before, after: high.peak,
        addedFLOPs: plan.choices.prefix(high.count).reduce(0) { $0 + $1.productFLOPs }, flops: Cost.flops(function))
    )
  }

  private static let places = 12
}

extension Compilation {
  /// The module's functions within the memory budget, those that cannot be left as they are: only what trains must fit.
  func fitted(_ module: Module) throws(Diagnostic) -> Module {
    guard let bytes = options.memoryBudget else { return module }
    var module = module
    for index in module.functions.indices {
      let function = module.functions[index]
      let partners = Self.partners(of: function.name, in: module)
      let budget = MemoryBudget(bytes: bytes) { (candidate) throws(Diagnostic) in
        var programs: [Program] = []
        for function in [candidate] + partners { programs.append(try self.program(of: function)) }
        return MemoryPlan(programs).totalBytes
      }
      do throws(Diagnostic) {
        guard let (count, report) = try budget.choices(function) else { continue }
        module.functions[index] = try recomputing(count, in: function)
        reports.append(report)
      } catch {
        // A program can do without accumulation.
        if error.code != .usage || function.name == ProgramDescription.FunctionName.step || module.functions.count == 1
        {
          throw error
        }
        StandardStream.error.line("note: \(error.message)")
      }
    }
    return module
  }

  /// The functions whose arguments stand in memory at the same time.
  private static func partners(of name: String, in module: Module) -> [Function] {
    typealias Name = ProgramDescription.FunctionName
    let other = name == Name.accumulate ? Name.apply : name == Name.apply ? Name.accumulate : nil
    return module.functions.filter { $0.name == other }
  }

  private func recomputing(_ count: Int, in function: Function) throws(Diagnostic) -> Function {
    var passes = try PassManager(
      Pipeline([.init(.recompute, arguments: [count])]),
      PassManager.Options(verifyEach: options.verifyEach, remarks: options.remarks))
    let result = try passes.run(function)
    record.add(passes)
    return result
  }
}
