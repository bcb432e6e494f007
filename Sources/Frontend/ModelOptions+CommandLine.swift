extension ModelOptions {
  /// Options as `mrmc` hands them to a model file it has compiled: `--batch N`, `--precision P`, `--set key=value`, each
  /// as two words.
  public convenience init(arguments: [String]) throws(Diagnostic) {
    var batch = 1
    var precision = Precision.f32
    var settings: [(key: String, value: String)] = []
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Diagnostic(.usage, "\(flag) needs a value") }
      switch flag {
      case "--batch":
        guard let number = Int(value) else { throw Diagnostic(.usage, "--batch \(value): expected a whole number") }
        batch = number
      case "--precision":
        guard let known = Precision(rawValue: value) else {
          throw Diagnostic(.usage, "--precision \(value): expected f32 or bf16")
        }
        precision = known
      case "--set": settings.append(try Self.setting(value))
      default: throw Diagnostic(.usage, "unknown flag \(flag); there are --batch, --precision and --set")
      }
    }
    try self.init(batch: batch, precision: precision, settings: settings)
  }

  /// The key and value of a `--set key=value`.
  public static func setting(_ text: String) throws(Diagnostic) -> (key: String, value: String) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Diagnostic(.usage, "--set \(text): expected key=value, such as image_mask_ratio=0.5")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
