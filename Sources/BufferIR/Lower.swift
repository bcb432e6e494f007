import Support
import TensorIR

extension Program {
  /// Lowers a function: kernels over buffers, ordered, equal kernels merged, memory planned, and verified.
  public static func lower(_ function: Function, options: LoweringOptions = LoweringOptions()) throws(Diagnostic)
    -> Program
  {
    var lowering = try Lowering(function, options)
    var program = try lowering.run()
    if !Schedule.order(program).stuck.isEmpty {
      // Updates that need one another's old values are computed beside the arguments and copied at the end.
      lowering = try Lowering(function, options, updatesDirectly: false)
      program = try lowering.run()
    }
    let plain = try Assembly(program, lowering.kernels, options).program
    guard options.orderCalls, let order = EagerOrder.order(program) else { return plain }
    var eager = try Assembly(program, lowering.kernels, options, eager: order).program
    let (before, after) = (plain.plan.arenaBytes, eager.plan.arenaBytes)
    guard Double(after) < Self.worthwhile * Double(before) else { return plain }
    eager.remarks.append("ordered calls branch by branch: \(after) bytes of temporaries instead of \(before)")
    return eager
  }

  /// The share of the temporary memory below which another order is taken.
  private static let worthwhile = 0.97

  /// For each buffer its byte offset in the arena; nil for those that live elsewhere or are never touched.
  public var arenaOffsets: [Int?] {
    var offsets = [Int?](repeating: nil, count: buffers.count)
    for block in plan.blocks {
      for buffer in block.buffers { offsets[buffer.index] = block.offset }
    }
    return offsets
  }
}
