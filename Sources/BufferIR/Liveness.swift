import TensorIR

/// The stay of each temporary buffer, and which of them share memory because one is updated into the other.
enum Liveness {
  static func blocks(_ program: Program, reuseInPlace: Bool) -> [ArenaPlan.Block] {
    var first = [Int](repeating: Int.max, count: program.buffers.count)
    var last = [Int](repeating: -1, count: program.buffers.count)
    for (index, call) in program.calls.enumerated() {
      for operand in call.operands where program.buffers[operand.buffer.index].storage == .temporary {
        first[operand.buffer.index] = min(first[operand.buffer.index], index)
        last[operand.buffer.index] = max(last[operand.buffer.index], index)
      }
    }
    var blockOf = [Int](repeating: -1, count: program.buffers.count)
    var blocks: [ArenaPlan.Block] = []
    for buffer in program.buffers.indices where last[buffer] >= 0 {
      blockOf[buffer] = blocks.count
      blocks.append(
        .init(
          buffers: [BufferID(buffer)], byteCount: program.buffers[buffer].byteCount, first: first[buffer],
          last: last[buffer]))
    }
    if !reuseInPlace { return blocks }
    for (index, call) in program.calls.enumerated() {
      for pair in InPlace.candidates(call, program.kernels[call.kernel]) {
        let (from, to) = (blockOf[pair.from.index], blockOf[pair.to.index])
        guard from >= 0, to >= 0, from != to, blocks[from].last == index, blocks[to].first == index,
          blocks[from].byteCount == blocks[to].byteCount
        else { continue }
        blocks[from].buffers += blocks[to].buffers
        blocks[from].last = blocks[to].last
        for buffer in blocks[to].buffers { blockOf[buffer.index] = from }
        blocks[to].last = -1
      }
    }
    return blocks.filter { $0.last >= 0 }
  }
}

/// Which outputs of a kernel may take the memory of an input: those where every element is read before, at the very
/// place, it is written.
enum InPlace {
  static func candidates(_ call: Call, _ kernel: Kernel) -> [(from: BufferID, to: BufferID)] {
    let loop: LoopKernel
    var call = call
    var excluded: [BufferID] = []
    switch kernel {
    case .loop(let own): loop = own
    case .product(let product):
      guard let epilogue = product.epilogue else { return [] }
      loop = epilogue.loop
      excluded = call.operands[..<2].map(\.buffer)
      call.operands.removeSubrange(..<2)
      // The loop finds the result as it was made.
      call.operands[0].isRead = true
      call.operands[0].isWritten = false
    case .pack, .scatter, .sort, .argmax, .attention, .crossEntropy: return []
    }
    let sweeps = LoopSweeps(loop)
    var result: [(from: BufferID, to: BufferID)] = []
    var taken = Set<Int>()
    for case .store(let store, _) in loop.body {
      let written = loop.accesses[store]
      if written.accumulates != nil { continue }
      if loop.reduces && sweeps.sweep(ofStoreTo: store) < 0 { continue }
      let target = call.operands[written.argument]
      if call.operands.contains(where: { $0.buffer == target.buffer && $0.isRead }) { continue }
      for (argument, operand) in call.operands.enumerated()
      where operand.isRead && operand.byteOffset == target.byteOffset && operand.byteOffset == 0
        && !taken.contains(argument) && !excluded.contains(operand.buffer)
      {
        let same = call.operands.indices.filter { call.operands[$0].buffer == operand.buffer }
        guard same.count == 1 else { continue }
        let readers = loop.accesses.indices.filter {
          loop.accesses[$0].argument == argument || loop.accesses[$0].indirect?.argument == argument
        }
        let identical = readers.allSatisfy {
          let read = loop.accesses[$0]
          // A row swept again must still be what it was.
          return read.argument == argument && read.strides == written.strides && read.indirect == nil
            && read.element.byteSize == written.element.byteSize
            && (!loop.reduces || sweeps.lastRead(of: $0) <= sweeps.sweep(ofStoreTo: store))
        }
        guard identical, !readers.isEmpty else { continue }
        taken.insert(argument)
        result.append((operand.buffer, target.buffer))
        break
      }
    }
    return result
  }
}
