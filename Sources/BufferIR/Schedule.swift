import Support

/// Orders calls so that an argument updated in place is written only after everybody has read its old value.
enum Schedule {
  /// A stable topological order: original order but for the calls that must wait.
  static func order(_ program: Program) throws(Diagnostic) -> [Int] {
    var sort = TopologicalOrder(count: program.calls.count)
    addDependencies(of: program) { sort.edge($0, $1) }
    let (result, stuck) = sort.sorted()
    if let first = stuck.first {
      throw Diagnostic(
        .compilerBug,
        "@\(program.name): '\(program.calls[first].label)' updates an argument in place that is still read afterwards")
    }
    return result
  }

  /// Gives each pair of calls of which the first must run before the second.
  static func addDependencies(of program: Program, _ edge: (Int, Int) -> Void) {
    let calls = program.calls
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
    var readers = [[Int]](repeating: [], count: program.buffers.count)
    var writers = readers
    for (index, call) in calls.enumerated() {
      for operand in call.operands {
        if operand.isRead && readers[operand.buffer.index].last != index { readers[operand.buffer.index].append(index) }
        if operand.isWritten && writers[operand.buffer.index].last != index {
          writers[operand.buffer.index].append(index)
        }
      }
    }
    for (output, alias) in program.outputAliases.enumerated() {
      guard let alias else { continue }
      for writer in writers[inputCount + output] {
        for reader in readers[alias] where reader != writer { edge(reader, writer) }
      }
    }
  }
}
