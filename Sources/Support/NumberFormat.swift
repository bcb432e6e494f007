import Glibc

extension Double {
  /// The number with exactly `digits` digits after the point, as C's `%.*f`.
  public func fixed(_ digits: Int) -> String { formatted("%.*f", digits) }

  /// The number with `digits` significant digits, as C's `%.*g`.
  public func significant(_ digits: Int) -> String { formatted("%.*g", digits) }

  private func formatted(_ format: String, _ digits: Int) -> String {
    withVaList([CInt(digits), self]) { arguments in
      var buffer = [CChar](repeating: 0, count: 512)
      let count = vsnprintf(&buffer, buffer.count, format, arguments)
      return String(decoding: buffer[..<min(Int(count), buffer.count - 1)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}

/// A byte count for people: `812 B`, `4.2 MB`, `1.37 GB` (powers of 1000).
public func byteText(_ bytes: Int) -> String {
  let units = ["B", "kB", "MB", "GB", "TB"]
  var value = Double(bytes)
  var unit = 0
  while value >= 1000, unit < units.count - 1 {
    value /= 1000
    unit += 1
  }
  return unit == 0 ? "\(bytes) B" : "\(value.fixed(value < 10 ? 2 : 1)) \(units[unit])"
}

/// A duration for people: `3.2s`, `4m05s`, `2h07m`.
public func durationText(_ seconds: Double) -> String {
  if seconds < 60 { return seconds.fixed(1) + "s" }
  let whole = Int(seconds.rounded())
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return whole < 3600
    ? "\(whole / 60)m\(two(whole % 60))s" : "\(whole / 3600)h\(two(whole % 3600 / 60))m"
}
