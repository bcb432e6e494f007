import Support

/// The bytes of a pickle, read from a file piece by piece.
struct PickleInput {
  let file: InputFile
  /// Where the next byte stands in the file.
  private(set) var place: Int
  private let end: Int
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let windowBytes = 1 << 16

  /// The pickle lies within `range` of the file.
  init(_ file: InputFile, _ range: Range<Int>) {
    self.file = file
    place = range.lowerBound
    end = range.upperBound
  }

  /// How many bytes are left.
  var left: Int { end - place }

  /// `badData` with the file's name.
  func problem(_ text: String) -> Diagnostic { Diagnostic(.badData, at: SourceLocation(file: file.path), text) }

  mutating func byte() throws(Diagnostic) -> UInt8 {
    if place >= end { throw problem("is cut off: its end is missing") }
    try show(1)
    place += 1
    return window[place - 1 - windowStart]
  }

  /// Moves the window so that the next `count` bytes, of which the file has as many, are in it.
  private mutating func show(_ count: Int) throws(Diagnostic) {
    if place >= windowStart, place + count <= windowStart + window.count { return }
    window = try file.bytes(at: place, count: min(max(Self.windowBytes, count), end - place))
    windowStart = place
  }

  /// A little-endian integer of `count` bytes.
  mutating func integer(_ count: Int) throws(Diagnostic) -> UInt64 {
    var value: UInt64 = 0
    for shift in 0..<count { value |= UInt64(try byte()) << (8 * UInt64(shift)) }
    return value
  }

  /// A length of `count` bytes; no more than the file has left.
  mutating func length(_ count: Int) throws(Diagnostic) -> Int {
    let value = try integer(count)
    if value > UInt64(end - place) { throw problem("is cut off: its end is missing") }
    return Int(value)
  }

  mutating func bytes(_ count: Int) throws(Diagnostic) -> [UInt8] {
    if count > end - place { throw problem("is cut off: its end is missing") }
    try show(count)
    defer { place += count }
    return Array(window[(place - windowStart)..<(place - windowStart + count)])
  }

  mutating func skip(_ count: Int) throws(Diagnostic) {
    if count > end - place { throw problem("is cut off: its end is missing") }
    place += count
  }

  /// A text up to the end of its line.
  mutating func line() throws(Diagnostic) -> String {
    var bytes: [UInt8] = []
    while true {
      let next = try byte()
      if next == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(next)
      if bytes.count > 1024 { throw problem("has a name of more than 1024 bytes in its pickle") }
    }
  }
}
