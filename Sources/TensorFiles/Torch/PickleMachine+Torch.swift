import Support

/// What PyTorch's names do with their arguments.
extension PickleMachine {
  /// Takes arguments and a name from the stack and puts what comes of them there.
  mutating func call() throws(Diagnostic) {
    guard let arguments = heap.elements(try pop()), case .global(let global) = try pop() else { throw damaged }
    stack.append(try result(of: global, arguments))
  }

  private mutating func result(of global: TorchGlobal, _ arguments: [PickleValue]) throws(Diagnostic) -> PickleValue {
    switch global {
    case .other: return .other
    case .dictionary: return try dictionary(arguments)
    case .tensor:
      guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
        let shape = heap.integers(arguments[2]), let strides = heap.integers(arguments[3])
      else { throw damaged }
      return heap.tensor(TorchTensor(storage: storage, offset: offset, shape: shape, strides: strides))
    case .parameter, .size:
      guard let value = arguments.first else { throw damaged }
      return value
    case .storage: throw damaged
    }
  }

  /// An empty dictionary, another one itself, or that of a list of pairs; a default value is no entry.
  private mutating func dictionary(_ arguments: [PickleValue]) throws(Diagnostic) -> PickleValue {
    guard let first = arguments.first else { return heap.dictionary() }
    if case .dictionary = first { return first }
    guard let pairs = heap.elements(first) else { return heap.dictionary() }
    try spend(pairs.count)
    var entries: [PickleHeap.Entry] = []
    for pair in pairs {
      guard let values = heap.elements(pair), values.count == 2 else { throw damaged }
      entries.append((values[0], values[1]))
    }
    return heap.dictionary(entries)
  }

  /// `('storage', type, key, location, count)`, in the old container also a view `(key, start, count)` or nothing.
  mutating func persistentID() throws(Diagnostic) {
    guard let parts = heap.elements(try pop()), parts.count >= 5, case .text(let kind) = parts[0] else { throw damaged }
    guard kind == "storage" else { throw input.problem("holds a \(kind), not weights alone: save state_dict()") }
    guard case .global(.storage(let type)) = parts[1], case .text(let key) = parts[2],
      case .integer(let count) = parts[4], count >= 0, key.utf8.count <= 256
    else { throw damaged }
    guard parts.count > 5, let view = heap.elements(parts[5]) else {
      stack.append(heap.storage(TorchStorage(key: key, type: type, count: count, start: 0)))
      return
    }
    guard view.count == 3, case .integer(let start) = view[1], case .integer(let part) = view[2],
      start >= 0, part >= 0, start <= count, part <= count - start
    else { throw damaged }
    stack.append(heap.storage(TorchStorage(key: key, type: type, count: part, start: start)))
  }
}
