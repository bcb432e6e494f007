import Support

/// Orders calls so that an argument updated in place is written only after everybody has read its old value.
enum Schedule {
  /// A stable topological order: original order but for the calls that must wait.
  static func order(_ program: Program) throws(Diagnostic) -> [Int] {
    let calls = program.calls
    var waits = [[Int]](repeating: [], count: calls.count)  // waits[i]: calls that come after call i
    var pending = [Int](repeating: 0, count: calls.count)
    func edge(_ before: Int, _ after: Int) {
      waits[before].append(after)
      pending[after] += 1
    }
    var lastWriters = [[Int]](repeating: [], count: program.buffers.count)
    var readersSince = [[Int]](repeating: [], count: program.buffers.count)
    for (index, call) in calls.enumerated() {
      for operand in call.operands {
        let buffer = operand.buffer.index
        if operand.isRead {
          for writer in lastWriters[buffer] where writer != index { edge(writer, index) }
          readersSince[buffer].append(index)
        }
        if operand.isWritten {
          for reader in readersSince[buffer] where reader != index { edge(reader, index) }
          if !readersSince[buffer].isEmpty || lastWriters[buffer].isEmpty {
            lastWriters[buffer] = []
            readersSince[buffer] = []
          }
          // Writers of parts of one buffer keep their order too: a fill comes before what is written over it.
          if let previous = lastWriters[buffer].last, previous != index { edge(previous, index) }
          lastWriters[buffer].append(index)
        }
      }
    }
    let inputCount = program.inputs.count
    for (output, alias) in program.outputAliases.enumerated() {
      guard let alias else { continue }
      let readers = calls.indices.filter { index in calls[index].operands.contains { $0.buffer.index == alias && $0.isRead } }
      let writers = calls.indices.filter { index in
        calls[index].operands.contains { $0.buffer.index == inputCount + output && $0.isWritten }
      }
      for writer in writers {
        for reader in readers where reader != writer { edge(reader, writer) }
      }
    }
    var heap = Heap()
    for index in calls.indices where pending[index] == 0 { heap.push(index) }
    var result: [Int] = []
    while let index = heap.pop() {
      result.append(index)
      for next in waits[index] {
        pending[next] -= 1
        if pending[next] == 0 { heap.push(next) }
      }
    }
    if result.count != calls.count {
      let stuck = calls.indices.first { pending[$0] > 0 }!
      throw Diagnostic(
        .compilerBug, "@\(program.name): '\(calls[stuck].label)' updates an argument in place that is still read afterwards")
    }
    return result
  }

  /// A binary min-heap of call numbers.
  private struct Heap {
    var items: [Int] = []

    mutating func push(_ item: Int) {
      items.append(item)
      var i = items.count - 1
      while i > 0, items[(i - 1) / 2] > items[i] {
        items.swapAt(i, (i - 1) / 2)
        i = (i - 1) / 2
      }
    }

    mutating func pop() -> Int? {
      guard let top = items.first else { return nil }
      let last = items.removeLast()
      if items.isEmpty { return top }
      items[0] = last
      var i = 0
      while true {
        var smallest = i
        for child in [2 * i + 1, 2 * i + 2] where child < items.count && items[child] < items[smallest] { smallest = child }
        if smallest == i { return top }
        items.swapAt(i, smallest)
        i = smallest
      }
    }
  }
}
