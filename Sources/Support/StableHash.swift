/// FNV-1a, 64 bits: the same bytes give the same hash on every machine and in every run. Not for adversaries.
public struct StableHash: Sendable, Hashable {
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var hash = value
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    value = hash
  }

  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Adds the text and a terminator, so that `"a", "bc"` and `"ab", "c"` differ.
  public mutating func update(_ text: String) {
    update(Array(text.utf8))
    update([0])
  }

  /// The hash as 16 hexadecimal digits.
  public var hex: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The 16 hexadecimal digits of the hash of a text.
  public static func hex(of text: String) -> String {
    var hash = StableHash()
    hash.update(Array(text.utf8))
    return hash.hex
  }
}
