import Support
import TensorIR

/// Passes in the order in which they run, each with its arguments.
public struct Pipeline: Sendable {
  public struct Step: Sendable {
    public let pass: Pass
    /// The value of each of the pass's parameters, in their order.
    public let arguments: [Int]

    public init(_ pass: Pass, arguments: [Int]? = nil) {
      self.pass = pass
      self.arguments = arguments ?? pass.parameters.map(\.initial)
    }
  }

  public var steps: [Step]

  public init(_ steps: [Step]) { self.steps = steps }

  /// The usual pipeline of an `-O` level (0…3).
  public static func level(_ level: Int) -> Pipeline {
    Pipeline(Pass.all.filter { $0.level <= level }.map { Step($0) })
  }

  /// Reads `cse,layout{depth=4},dce`. Throws `usage` naming what is unknown and what is known.
  public init(parsing text: String) throws(Diagnostic) {
    steps = []
    var rest = text[...].drop(while: \.isWhitespace)
    while !rest.isEmpty {
      let name = String(rest.prefix { $0 != "," && $0 != "{" }.trimmed)
      rest = rest.drop { $0 != "," && $0 != "{" }
      guard let pass = Pass.named(name) else {
        throw Diagnostic(
          .usage, "unknown pass '\(name)'", notes: ["known: \(Pass.all.map(\.name).joined(separator: ", "))"])
      }
      var arguments = pass.parameters.map(\.initial)
      if rest.first == "{" {
        guard let end = rest.firstIndex(of: "}") else { throw Diagnostic(.usage, "pass '\(name)': '{' is not closed") }
        try Self.read(rest[rest.index(after: rest.startIndex)..<end], of: pass, into: &arguments)
        rest = rest[rest.index(after: end)...].drop(while: \.isWhitespace)
      }
      steps.append(Step(pass, arguments: arguments))
      if rest.first == "," {
        rest = rest.dropFirst().drop(while: \.isWhitespace)
        if rest.isEmpty { throw Diagnostic(.usage, "expected a pass after ',' in '\(text)'") }
      } else if !rest.isEmpty {
        throw Diagnostic(.usage, "expected ',' after pass '\(name)', found '\(rest)'")
      }
    }
  }

  private static func read(_ text: Substring, of pass: Pass, into arguments: inout [Int]) throws(Diagnostic) {
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(\.trimmed)
      guard sides.count == 2, let value = Int(sides[1]) else {
        throw Diagnostic(.usage, "pass '\(pass.name)': expected parameter=number, found '\(part.trimmed)'")
      }
      guard let index = pass.parameters.firstIndex(where: { $0.name == sides[0] }) else {
        let known = pass.parameters.map(\.name).joined(separator: ", ")
        throw Diagnostic(
          .usage, "pass '\(pass.name)' has no parameter '\(sides[0])'",
          notes: ["known: \(known.isEmpty ? "none" : known)"])
      }
      arguments[index] = value
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
