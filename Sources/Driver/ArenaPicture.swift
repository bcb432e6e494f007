import BufferIR
import Execution
import Pictures

/// The temporary memory of one function over the calls that use it, as a picture.
struct ArenaPicture {
  let svg: String

  /// `boundary`: temporaries of the forward that live past it are what it saves for the backward.
  init(_ program: Program, model: String) {
    let boundary = program.backwardStart
    var blocks: [ArenaBlock] = []
    for block in program.plan.blocks {
      let group: String
      if let boundary {
        group =
          block.first >= boundary ? "backward" : block.last >= boundary ? "saved for the backward" : "forward"
      } else {
        group = "temporaries"
      }
      let names = block.buffers.map { program.buffers[$0.index].name }.filter { !$0.isEmpty }
      blocks.append(
        ArenaBlock(
          name: names.first ?? "(no layer)", start: block.first, end: block.last, offset: block.offset,
          size: block.byteCount, group: group))
    }
    let memory = MemoryPlan([program])
    svg = ArenaSVG.render(
      title: "\(model) @\(program.name): temporaries \(byteText(program.plan.arenaBytes)) of "
        + "\(byteText(memory.totalBytes)); live at most \(byteText(program.plan.lowerBound))",
      blocks: blocks, marks: boundary.map { [(step: $0, name: "backward")] } ?? [])
  }
}

extension Program {
  /// The first call after the loss is known; nil for a function that guards no loss.
  package var backwardStart: Int? {
    guards.map { guarded in
      (calls.firstIndex { call in call.operands.contains { $0.buffer == guarded.buffer && $0.isWritten } } ?? 0) + 1
    }.min()
  }
}
