import Support

/// Reads pickles without executing anything: names are looked up in a list (`TorchGlobal`), and what would be called is
/// interpreted or read past. Time and memory grow with the pickle's length alone.
struct PickleMachine {
  var heap = PickleHeap()
  private(set) var input: PickleInput
  var stack: [PickleValue] = []
  /// Where in the stack groups of values begin.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var steps = 0

  /// More operations than the weights of any published model take.
  private static let mostSteps = 4_000_000
  /// Texts that are longer are no names.
  private static let longestText = 1 << 16

  init(_ input: PickleInput) { self.input = input }

  /// The value of the pickle that begins at the input's place, which is then after its end.
  mutating func load() throws(Diagnostic) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    while true {
      let byte = try input.byte()
      guard let operation = PickleOpcode(rawValue: byte) else {
        throw input.problem("has an operation in its pickle that torch.save does not write: 0x" + hexadecimal(byte))
      }
      try spend(1)
      if operation == .stop { return try pop() }
      if try !perform(literal: operation), try !perform(container: operation) { try perform(object: operation) }
    }
  }

  /// Counts operations, of which there may be so many.
  mutating func spend(_ count: Int) throws(Diagnostic) {
    steps += count
    if steps > Self.mostSteps { throw input.problem("has more than \(Self.mostSteps) operations in its pickle") }
  }

  private func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

  // MARK: The stack

  var damaged: Diagnostic { input.problem("is damaged: its pickle does not hold together") }

  mutating func pop() throws(Diagnostic) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else { throw damaged }
    return value
  }

  private mutating func popMark() throws(Diagnostic) -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw damaged }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func top() throws(Diagnostic) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else { throw damaged }
    return value
  }

  private mutating func pushMemo(_ key: Int) throws(Diagnostic) {
    guard let value = memo[key] else { throw damaged }
    stack.append(value)
  }

  private mutating func pop(tuple count: Int) throws(Diagnostic) {
    var values: [PickleValue] = []
    for _ in 0..<count { values.append(try pop()) }
    stack.append(heap.sequence(values.reversed()))
  }

  // MARK: Numbers and texts

  /// Whether it was one of them.
  private mutating func perform(literal operation: PickleOpcode) throws(Diagnostic) -> Bool {
    switch operation {
    case .proto: try input.skip(1)
    case .frame: try input.skip(8)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.integer(Int(Int32(truncatingIfNeeded: try input.integer(4)))))
    case .binInt1: stack.append(.integer(Int(try input.integer(1))))
    case .binInt2: stack.append(.integer(Int(try input.integer(2))))
    case .long1: stack.append(try long(try input.length(1)))
    case .long4: try readPast(4)
    case .binFloat:
      try input.skip(8)
      stack.append(.other)
    case .binString, .binUnicode: try text(4)
    case .shortBinString, .shortBinUnicode: try text(1)
    case .binUnicode8: try text(8)
    case .binBytes: try readPast(4)
    case .shortBinBytes: try readPast(1)
    case .binBytes8, .byteArray8: try readPast(8)
    default: return false
    }
    return true
  }

  private mutating func long(_ count: Int) throws(Diagnostic) -> PickleValue {
    let bytes = try input.bytes(count)
    if count > 8 { return .long(bytes) }
    let magnitude = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let unused = 64 - 8 * count
    return .integer(count == 0 ? 0 : Int(Int64(bitPattern: magnitude << UInt64(unused)) >> Int64(unused)))
  }

  private mutating func text(_ lengthBytes: Int) throws(Diagnostic) {
    let count = try input.length(lengthBytes)
    if count <= Self.longestText {
      stack.append(.text(String(decoding: try input.bytes(count), as: UTF8.self)))
    } else {
      try input.skip(count)
      stack.append(.other)
    }
  }

  private mutating func readPast(_ lengthBytes: Int) throws(Diagnostic) {
    try input.skip(try input.length(lengthBytes))
    stack.append(.other)
  }

  // MARK: Lists, dictionaries and the memo

  /// Whether it was one of them.
  private mutating func perform(container operation: PickleOpcode) throws(Diagnostic) -> Bool {
    switch operation {
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popMark()
    case .dup: stack.append(try top())
    case .emptyTuple, .emptyList: stack.append(heap.sequence([]))
    case .tuple, .list: stack.append(heap.sequence(try popMark()))
    case .tuple1: try pop(tuple: 1)
    case .tuple2: try pop(tuple: 2)
    case .tuple3: try pop(tuple: 3)
    case .append: try append([try pop()])
    case .appends: try append(try popMark())
    case .emptyDict: stack.append(heap.dictionary())
    case .dict:
      let values = try popMark()
      stack.append(heap.dictionary())
      try setItems(values)
    case .setItem:
      let value = try pop()
      try setItems([try pop(), value])
    case .setItems: try setItems(try popMark())
    case .emptySet: stack.append(.other)
    case .addItems: _ = try popMark()
    case .frozenSet:
      _ = try popMark()
      stack.append(.other)
    case .binPut: memo[Int(try input.integer(1))] = try top()
    case .longBinPut: memo[Int(try input.integer(4))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .binGet: try pushMemo(Int(try input.integer(1)))
    case .longBinGet: try pushMemo(Int(try input.integer(4)))
    default: return false
    }
    return true
  }

  private mutating func append(_ values: [PickleValue]) throws(Diagnostic) {
    switch try top() {
    case .sequence(let place): heap.sequences[place] += values
    case .other: break
    default: throw damaged
    }
  }

  private mutating func setItems(_ values: [PickleValue]) throws(Diagnostic) {
    guard values.count % 2 == 0 else { throw damaged }
    switch try top() {
    case .dictionary(let place):
      for index in stride(from: 0, to: values.count, by: 2) {
        heap.dictionaries[place].append((values[index], values[index + 1]))
      }
    case .other: break
    default: throw damaged
    }
  }

  // MARK: Objects

  private mutating func perform(object operation: PickleOpcode) throws(Diagnostic) {
    switch operation {
    case .global:
      let module = try input.line()
      stack.append(.global(try TorchGlobal(module + "." + (try input.line()), input)))
    case .stackGlobal:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else { throw damaged }
      stack.append(.global(try TorchGlobal(module + "." + name, input)))
    case .reduce, .newObject: try call()
    case .newObjectWithKeywords:
      _ = try pop()
      try call()
    case .build: _ = try pop()
    case .binPersistentID: try persistentID()
    default: throw damaged
    }
  }
}
