/// What a model is built with: the batch, the precision, and `--set key=value` settings.
///
/// A model asks for each of its options by key; what it asked for, with the resolved values in the order asked, is kept,
/// so that `rejectUnknown` can name the keys there are and the module can carry its options. All errors are `usage`.
public final class ModelOptions {
  /// One option as the model resolved it.
  public struct Resolved: Hashable, Sendable {
    /// What stands before the `=` of `--set key=value`.
    public var key: String
    /// The value in its shortest spelling.
    public var value: String
    /// The value when nothing is set.
    public var standard: String
    /// What values there are, for people.
    public var accepted: String
  }

  /// Records per step; every shape starts with it.
  public let batch: Int
  /// What matrix products compute in.
  public let precision: Precision
  /// The options asked for so far.
  public private(set) var resolved: [Resolved] = []
  private let settings: [(key: String, value: String)]

  /// `settings`: as given by `--set`; of one key given twice the last counts. A batch below 1 is an error.
  public init(batch: Int = 1, precision: Precision = .f32, settings: [(key: String, value: String)] = [])
    throws(Diagnostic)
  {
    if batch < 1 || batch > 1 << 20 { throw Diagnostic(.usage, "the batch must be from 1 to 1048576, found \(batch)") }
    self.batch = batch
    self.precision = precision
    self.settings = settings
  }

  /// A number, which `check` accepts (`accepted` says what that is, such as "0 ≤ x < 1").
  public func real(
    _ key: String, default standard: Double, accepted: String = "a number",
    where check: (Double) -> Bool = { _ in true }
  ) throws(Diagnostic) -> Double {
    try option(key, standard, accepted, Self.text) { text in
      Double(text).flatMap { $0.isFinite && check($0) ? $0 : nil }
    }
  }

  /// A whole number in `range`.
  public func integer(_ key: String, default standard: Int, in range: ClosedRange<Int> = 0...Int(Int32.max))
    throws(Diagnostic) -> Int
  {
    let accepted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return try option(key, standard, accepted, String.init) { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// `true` or `false` (also `on`, `off`, `1`, `0`).
  public func flag(_ key: String, default standard: Bool) throws(Diagnostic) -> Bool {
    try option(key, standard, "true or false", String.init) { text in
      switch text {
      case "true", "on", "1": true
      case "false", "off", "0": false
      default: nil
      }
    }
  }

  /// Any text but an empty one; `accepted` says what the model makes of it.
  public func text(_ key: String, default standard: String, accepted: String) throws(Diagnostic) -> String {
    try option(key, standard, accepted, { $0 }) { $0.isEmpty ? nil : $0 }
  }

  /// Names with commas between, or a number N for the names 0 to N − 1: labels, for example. None is empty or there twice.
  public func names(_ key: String, default standard: String) throws(Diagnostic) -> [String] {
    let text = try text(key, default: standard, accepted: "names with commas between, or how many")
    if let count = Int(text) {
      guard (1...4096).contains(count) else {
        throw Diagnostic(.usage, "option \(key)=\(text): expected 1 to 4096, or names")
      }
      return (0..<count).map(String.init)
    }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    if names.contains("") { throw Diagnostic(.usage, "option \(key)=\(text): a name is empty") }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw Diagnostic(.usage, "option \(key)=\(text): '\(twice)' is there twice")
    }
    return names
  }

  /// One of a closed set of words.
  public func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, default standard: Choice)
    throws(Diagnostic) -> Choice
  {
    let accepted = Choice.allCases.map(\.rawValue).joined(separator: " or ")
    return try option(key, standard, accepted, \.rawValue) { Choice(rawValue: $0) }
  }

  /// Throws if a setting was given that the model has not asked for; the error lists the keys there are.
  public func rejectUnknown() throws(Diagnostic) {
    for setting in settings where !resolved.contains(where: { $0.key == setting.key }) {
      throw Diagnostic(
        .usage, "there is no model option '\(setting.key)'",
        notes: ["known options:"] + resolved.map { "  \($0.key)=\($0.standard)  (\($0.accepted))" })
    }
  }

  private func option<Value>(
    _ key: String, _ standard: Value, _ accepted: String, _ print: (Value) -> String, _ parse: (String) -> Value?
  ) throws(Diagnostic) -> Value {
    var value = standard
    if let text = settings.last(where: { $0.key == key })?.value {
      guard let parsed = parse(text) else {
        throw Diagnostic(.usage, "option \(key)=\(text): expected \(accepted)", notes: ["default: \(print(standard))"])
      }
      value = parsed
    }
    if !resolved.contains(where: { $0.key == key }) {
      resolved.append(Resolved(key: key, value: print(value), standard: print(standard), accepted: accepted))
    }
    return value
  }

  /// `0.75`, `2`: no trailing `.0`.
  static func text(_ number: Double) -> String {
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
