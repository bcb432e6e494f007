import Support
import TensorIR

extension Program {
  /// Lowers a function: kernels over buffers, ordered, equal kernels merged, memory planned, and verified.
  public static func lower(_ function: Function, options: LoweringOptions = LoweringOptions()) throws(Diagnostic)
    -> Program
  {
    var lowering = Lowering(function, options)
    var program = try lowering.run()
    if options.fuseEpilogues {
      var fusion = EpilogueFusion(program, lowering.kernels)
      fusion.run()
      program = fusion.program
      program.remarks += fusion.remarks
      lowering.kernels = fusion.kernels
    }
    let order = try Schedule.order(program)
    var numbers: [Kernel: Int] = [:]
    var calls: [Call] = []
    for index in order {
      var call = program.calls[index]
      let kernel = lowering.kernels[index]
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
    program.plan = MemoryPlan(placing: Liveness.blocks(program, reuseInPlace: options.reuseInPlace))
    try program.verify()
    return program
  }

  /// For each buffer its byte offset in the arena; nil for those that live elsewhere or are never touched.
  public var arenaOffsets: [Int?] {
    var offsets = [Int?](repeating: nil, count: buffers.count)
    for block in plan.blocks {
      for buffer in block.buffers { offsets[buffer.index] = block.offset }
    }
    return offsets
  }
}
