import Support
import TensorIR

/// A program from the calls that lowering has made: loops joined to products, ordered, equal kernels merged, memory planned,
/// and verified.
struct Assembly {
  private(set) var program: Program

  /// `eager`: an order of the calls in which branches run one after the other; without, they stay as they stand.
  init(
    _ source: Program, _ sourceKernels: [Kernel], _ options: LoweringOptions, eager: [Int]? = nil
  ) throws(Diagnostic) {
    program = source
    var kernels = sourceKernels
    if options.fuseEpilogues {
      var fusion = EpilogueFusion(program, kernels, early: eager.map { Self.early($0, source) } ?? [])
      fusion.run()
      program = fusion.program
      program.remarks += fusion.remarks
      kernels = fusion.kernels
    }
    var (order, stuck) = Schedule.order(program)
    if let first = stuck.first {
      throw Diagnostic(
        .compilerBug,
        "@\(program.name): '\(program.calls[first].label)' updates an argument in place that is still read afterwards")
    }
    if eager != nil, let calls = EagerOrder.order(program) { order = calls }
    arrange(order, kernels)
    program.plan = ArenaPlan(placing: Liveness.blocks(program, reuseInPlace: options.reuseInPlace))
    try program.verify()
  }

  /// Calls that come before the losses are known.
  private static func early(_ order: [Int], _ program: Program) -> Set<Int> {
    let writers = program.guards.compactMap { item in
      order.lastIndex { program.calls[$0].operands.contains { $0.buffer == item.buffer && $0.isWritten } }
    }
    guard let last = writers.max() else { return [] }
    return Set(order[..<last])
  }

  private mutating func arrange(_ order: [Int], _ kernels: [Kernel]) {
    var numbers: [Kernel: Int] = [:]
    var calls: [Call] = []
    for index in order {
      var call = program.calls[index]
      let kernel = kernels[index]
      if let known = numbers[kernel] {
        call.kernel = known
      } else {
        call.kernel = program.kernels.count
        numbers[kernel] = call.kernel
        program.kernels.append(kernel)
      }
      calls.append(call)
    }
    program.calls = calls
    // A guard follows the last writer of its value, wherever that went.
    for i in program.guards.indices {
      let last = calls.lastIndex { $0.operands.contains { $0.buffer == program.guards[i].buffer && $0.isWritten } }
      program.guards[i].beforeCall = (last ?? -1) + 1
    }
  }
}
