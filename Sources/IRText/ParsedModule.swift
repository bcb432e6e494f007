import Support
import TensorIR

/// A module and where its parts stand in the text it was read from.
public struct ParsedModule: Sendable {
  public var module: Module
  /// For each function, in order, the place of its name.
  public let functionLocations: [SourceLocation]
  /// For each function, in order, the place of each node.
  public let nodeLocations: [[SourceLocation]]

  /// Reads `.tir` text. Syntax, names and attributes are checked; types are checked by `verify`.
  ///
  /// Throws `badData` (65) with `file:line:column` at the first error.
  public static func parse(_ text: String, file: String) throws(Diagnostic) -> ParsedModule {
    try parse(bytes: text.utf8, file: file)
  }

  /// Reads `.tir` text from its UTF-8 bytes.
  public static func parse(bytes: some Sequence<UInt8>, file: String) throws(Diagnostic) -> ParsedModule {
    var parser = ModuleParser(Scanner(bytes, file: file))
    return try parser.parse()
  }

  /// Verifies every function; an error stands at the line of its node.
  public func verify() throws(Diagnostic) {
    for (index, function) in module.functions.enumerated() {
      let places = nodeLocations[index]
      try Verifier.verify(function, header: functionLocations[index]) { $0 < places.count ? places[$0] : nil }
    }
  }
}

extension Module {
  /// Reads and verifies `.tir` text.
  public init(parsing text: String, file: String) throws(Diagnostic) {
    let parsed = try ParsedModule.parse(text, file: file)
    try parsed.verify()
    self = parsed.module
  }
}
