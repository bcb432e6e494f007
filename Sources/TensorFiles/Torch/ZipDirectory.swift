import Support

/// The list of files in a zip archive (also one of more than 4 GB), after PKWARE's APPNOTE 6.3.
struct ZipDirectory {
  /// One file of the archive.
  struct Entry {
    var name: String
    /// Where its local header begins.
    var header: Int
    /// Bytes in the archive.
    var stored: Int
    /// Bytes of the file.
    var size: Int
    /// 0: stored as it is; 8: deflated.
    var method: Int
    var isEncrypted: Bool
  }

  let entries: [Entry]
  private let file: InputFile

  /// The largest list accepted, in bytes.
  private static let most = 1 << 26

  /// Reads the list at the archive's end; `badData` where there is none or it is damaged.
  init(_ file: InputFile) throws(Diagnostic) {
    self.file = file
    let (start, count) = try Self.place(file)
    guard count <= Self.most else { throw Self.problem(file, "has too long a list of files in its zip archive") }
    entries = try Self.entries(Bytes(values: try file.bytes(at: start, count: count)), file)
  }

  /// Where the contents of a file begin that is stored as it is.
  func contents(_ entry: Entry) throws(Diagnostic) -> Range<Int> {
    if entry.isEncrypted { throw Self.problem(file, "has an encrypted record \"\(entry.name)\"") }
    guard entry.method == 0, entry.stored == entry.size else {
      throw Diagnostic(
        .badData, at: SourceLocation(file: file.path),
        "is a compressed zip archive (record \"\(entry.name)\"), expected one as torch.save writes it, not compressed",
        notes: ["if a checkpoint was zipped once more, unpack it; if its records were, load and save it in PyTorch"])
    }
    let header = Bytes(values: try file.bytes(at: entry.header, count: 30))
    guard header.integer(0, 4) == 0x0403_4B50 else { throw Self.damaged(file) }
    let start = entry.header + 30 + header.integer(26, 2) + header.integer(28, 2)
    guard start <= file.size, entry.size <= file.size - start else { throw Self.damaged(file) }
    return start..<start + entry.size
  }

  private static func place(_ file: InputFile) throws(Diagnostic) -> (start: Int, count: Int) {
    let first = max(0, file.size - 65557)
    let tail = Bytes(values: try file.bytes(at: first, count: file.size - first))
    var end = tail.values.count - 22
    while end >= 0, tail.integer(end, 4) != 0x0605_4B50 { end -= 1 }
    guard end >= 0 else { throw problem(file, "is cut off: a zip archive without its list of files at the end") }
    var (count, start) = (tail.integer(end + 12, 4), tail.integer(end + 16, 4))
    if end >= 20, tail.integer(end - 20, 4) == 0x0706_4B50 {
      let wide = Bytes(values: try file.bytes(at: tail.integer(end - 12, 8), count: 56))
      guard wide.integer(0, 4) == 0x0606_4B50 else { throw damaged(file) }
      (count, start) = (wide.integer(40, 8), wide.integer(48, 8))
    }
    guard start >= 0, count >= 0, start <= file.size, count <= file.size - start else { throw damaged(file) }
    return (start, count)
  }

  private static func entries(_ list: Bytes, _ file: InputFile) throws(Diagnostic) -> [Entry] {
    var entries: [Entry] = []
    var place = 0
    while place + 46 <= list.values.count, list.integer(place, 4) == 0x0201_4B50 {
      let (nameCount, extraCount) = (list.integer(place + 28, 2), list.integer(place + 30, 2))
      let next = place + 46 + nameCount + extraCount + list.integer(place + 32, 2)
      guard next <= list.values.count else { throw damaged(file) }
      let extra = place + 46 + nameCount
      var entry = Entry(
        name: String(decoding: list.values[place + 46..<extra], as: UTF8.self), header: list.integer(place + 42, 4),
        stored: list.integer(place + 20, 4), size: list.integer(place + 24, 4), method: list.integer(place + 10, 2),
        isEncrypted: list.integer(place + 8, 2) & 1 == 1)
      widen(&entry, list, extra..<extra + extraCount)
      guard entry.header >= 0, entry.size >= 0, entry.stored >= 0, entry.header <= file.size - 30 else {
        throw damaged(file)
      }
      entries.append(entry)
      place = next
    }
    return entries
  }

  /// Takes sizes and place from the extra field with tag 1 where they do not fit in 32 bits.
  private static func widen(_ entry: inout Entry, _ list: Bytes, _ extra: Range<Int>) {
    var place = extra.lowerBound
    while place + 4 <= extra.upperBound {
      let end = min(extra.upperBound, place + 4 + list.integer(place + 2, 2))
      if list.integer(place, 2) == 1 {
        var field = place + 4
        for path in [\Entry.size, \Entry.stored, \Entry.header]
        where entry[keyPath: path] == 0xFFFF_FFFF && field + 8 <= end {
          entry[keyPath: path] = list.integer(field, 8)
          field += 8
        }
      }
      place = end
    }
  }

  private static func problem(_ file: InputFile, _ text: String) -> Diagnostic {
    Diagnostic(.badData, at: SourceLocation(file: file.path), text)
  }

  private static func damaged(_ file: InputFile) -> Diagnostic {
    problem(file, "is damaged: its zip archive does not hold together")
  }

  /// Little-endian integers at places that are within the bytes.
  private struct Bytes {
    var values: [UInt8]

    func integer(_ place: Int, _ count: Int) -> Int {
      var value: UInt64 = 0
      for index in 0..<count { value |= UInt64(values[place + index]) << (8 * UInt64(index)) }
      return Int(truncatingIfNeeded: value)
    }
  }
}
