/// Orders calls so that an argument updated in place is written only after everybody has read its old value.
enum Schedule {
  /// A stable topological order: original order but for the calls that must wait; and the calls that wait for one another.
  static func order(_ program: Program) -> (order: [Int], stuck: [Int]) {
    var sort = TopologicalOrder(count: program.calls.count)
    addDependencies(of: program) { sort.edge($0, $1) }
    addGuards(of: program) { sort.edge($0, $1) }
    return sort.sorted()
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
          // Writers of the same part of a buffer keep their order too: a fill comes before what is written over it.
          for previous in lastWriters[buffer] where previous != index {
            let meets = calls[previous].operands.contains {
              $0.isWritten && $0.buffer == operand.buffer && $0.overlaps(operand)
            }
            if meets { edge(previous, index) }
          }
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
    for (output, alias) in program.outputs.map(\.alias).enumerated() {
      guard let alias else { continue }
      for writer in writers[inputCount + output] {
        for reader in readers[alias] where reader != writer { edge(reader, writer) }
      }
    }
  }

  /// The same for what a guard must have let pass: nothing is updated in place before.
  static func addGuards(of program: Program, _ edge: (Int, Int) -> Void) {
    let updates = program.calls.indices.filter { Self.updates(program.calls[$0], of: program) }
    for item in program.guards {
      let writer = program.calls.lastIndex { $0.operands.contains { $0.buffer == item.buffer && $0.isWritten } }
      guard let writer else { continue }
      for update in updates where update != writer { edge(writer, update) }
    }
  }

  /// Whether a call updates an argument in place.
  static func updates(_ call: Call, of program: Program) -> Bool {
    call.operands.contains { operand in
      guard operand.isWritten, case .output(let output) = program.buffers[operand.buffer.index].storage else {
        return false
      }
      return program.outputs[output].alias != nil
    }
  }
}
