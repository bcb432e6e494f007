import TensorIR

/// What each instruction of a loop body varies along, and in which phase it can be computed.
package struct LoopAnalysis {
  /// Varies along the inner axis.
  package var inner: [Bool] = []
  /// Varies along a reduced axis: stands inside the reduction loops.
  package var looped: [Bool] = []
  /// The number of reductions that come before it in a chain.
  package var phase: [Int] = []

  package init(_ loop: LoopKernel) {
    let outerCount = loop.outer.count
    let sequential = outerCount..<(outerCount + loop.sequential.count)
    for instruction in loop.body {
      var strides: [[Int]] = []
      switch instruction {
      case .load(let access):
        strides = [loop.accesses[access].strides] + (loop.accesses[access].indirect.map { [$0.strides] } ?? [])
      case .index(let own, _, _), .dropout(_, _, _, let own): strides = [own]
      case .constant, .unary, .binary, .compare, .select, .convert, .reduce, .store: break
      }
      let operands = instruction.operands
      let ownInner = loop.inner > 1 && strides.contains { $0.last! != 0 }
      let ownSequential = strides.contains { list in sequential.contains { list[$0] != 0 } }
      var isInner = ownInner || operands.contains { inner[$0] }
      var isLooped = ownSequential || (loop.innerReduced && ownInner) || operands.contains { looped[$0] }
      var at = operands.map { phase[$0] }.max() ?? 0
      switch instruction {
      case .reduce where loop.reduces:
        at += 1
        isLooped = false
        if loop.innerReduced { isInner = false }
      case .store(let access, _):
        // A store takes its shape from where it writes, whatever its value varies along.
        let own = loop.accesses[access].strides
        isInner = isInner || (loop.inner > 1 && own.last! != 0)
        isLooped =
          isLooped || (loop.innerReduced && loop.inner > 1 && own.last! != 0) || sequential.contains { own[$0] != 0 }
      case .load, .constant, .index, .unary, .binary, .compare, .select, .convert, .dropout, .reduce: break
      }
      inner.append(isInner)
      looped.append(isLooped)
      phase.append(at)
    }
  }

  package var lastPhase: Int { phase.max() ?? 0 }
}
