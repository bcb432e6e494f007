/// Ids by the UTF-8 bytes of their tokens: an open-addressed table that is searched without making strings.
struct TokenTable: Sendable {
  private var text: [UInt8] = []
  private var entries: [(start: Int32, count: Int32, id: Int32)] = []
  private var slots: [Int32]
  /// The most bytes a token has.
  private(set) var longest = 0

  /// The hash (FNV-1a) of no bytes.
  static let emptyHash: UInt32 = 0x811C_9DC5

  static func extend(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 0x0100_0193 }

  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
  }

  /// Adds a token that is not in the table, which must have room.
  mutating func insert(_ token: ArraySlice<UInt8>, id: Int32) {
    var slot = Int(token.reduce(Self.emptyHash, Self.extend)) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(entries.count)
    entries.append((Int32(text.count), Int32(token.count), id))
    text.append(contentsOf: token)
    longest = max(longest, token.count)
  }

  /// The id of the token `bytes[range]`, whose hash is `hash`.
  func find(_ bytes: [UInt8], _ range: Range<Int>, hash: UInt32) -> Int32? {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[Int(slots[slot])]
      if Int(entry.count) == range.count {
        let start = Int(entry.start)
        if (0..<range.count).allSatisfy({ text[start + $0] == bytes[range.lowerBound + $0] }) { return entry.id }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }
}
