/// A pattern of names in which `*` stands for any characters and `?` for one.
struct Glob {
  private let pattern: [UInt8]

  init(_ pattern: some StringProtocol) { self.pattern = Array(pattern.utf8) }

  /// Whether the whole text fits the pattern.
  func matches(_ text: String) -> Bool {
    let text = Array(text.utf8)
    var (p, t) = (0, 0)
    var star: (p: Int, t: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        p = last.p + 1
        t = last.t + 1
        star = (last.p, last.t + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

extension Function {
  /// The function with only the results that a list such as `loss,grad.*` names. `usage` for a pattern that names none.
  func selecting(_ list: String) throws(Diagnostic) -> Function {
    let patterns = list.split(separator: ",").map { $0.drop { $0 == " " } }
    for pattern in patterns where !results.contains(where: { Glob(pattern).matches($0.name) }) {
      let names = results.map(\.name)
      throw Diagnostic(
        .usage, "--select \(pattern): @\(name) has no such result",
        notes: ["it has: " + names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")])
    }
    if patterns.isEmpty { throw Diagnostic(.usage, "--select: expected names of results, such as 'loss,grad.*'") }
    var function = self
    function.results = results.filter { result in patterns.contains { Glob($0).matches(result.name) } }
    return function
  }
}
