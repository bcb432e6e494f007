import TensorFiles

/// What stands before the names of a model's parameters in a file, such as `module.` of a model trained on several
/// processors at a time, or `img_encoder.` of one that is part of a larger.
struct TensorPrefix {
  /// `module.`, or nothing.
  let text: String
  /// How many of the file's tensors it makes parameters.
  let count: Int

  /// The prefix under which most tensors of the file are called as `known` names. Two that are equally good are an error,
  /// but for none at all, which wins.
  init(_ file: any TensorFile, known: Set<String>) throws(Diagnostic) {
    let depth = known.map { name in name.utf8.count { $0 == UInt8(ascii: ".") } }.max() ?? 0
    var order: [String] = []
    var counts: [String: Int] = [:]
    for tensor in file.tensors {
      for prefix in Self.prefixes(of: tensor.name, depth: depth, known) {
        if counts[prefix] == nil { order.append(prefix) }
        counts[prefix, default: 0] += 1
      }
    }
    let most = counts.values.max() ?? 0
    let best = order.filter { counts[$0] == most }
    if best.count > 1, counts[""] != most {
      throw Diagnostic(
        .badData, at: SourceLocation(file: file.path),
        "the model's parameters stand in the file more than once: under \"\(best[0])\" and under \"\(best[1])\"",
        notes: ["save one of them alone, under its names without the prefix"])
    }
    (text, count) = counts[""] == most ? ("", most) : (best.first ?? "", most)
  }

  private static func prefixes(of name: String, depth: Int, _ known: Set<String>) -> [String] {
    var result = known.contains(name) ? [""] : []
    var dots = 0
    var place = name.endIndex
    while dots <= depth, let dot = name[..<place].lastIndex(of: ".") {
      if known.contains(String(name[name.index(after: dot)...])) { result.append(String(name[...dot])) }
      place = dot
      dots += 1
    }
    return result
  }

  /// Says that there is a prefix; nil where there is none.
  func note(_ file: any TensorFile) -> String? {
    text.isEmpty ? nil : "\"\(text)\" stands before the parameters' names in \(file.path) (\(count) of them): left out"
  }
}
