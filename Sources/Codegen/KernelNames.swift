import BufferIR

/// Symbols for kernels: the layer path of the calls that share one, `blocks.0-11.mlp.fc1.matmul` where they differ in numbers.
enum KernelNames {
  /// A name that covers all labels: what they compute, if they are in layers of different kinds.
  static func shared(_ labels: [String]) -> String {
    let name = common(labels)
    guard name == labels.first, labels.contains(where: { $0 != name }) else { return name }
    return name.split(separator: ".").last.map(String.init) ?? name
  }

  /// A name that covers all labels; the first, if they are in layers of different kinds.
  static func common(_ labels: [String]) -> String {
    guard let first = labels.first else { return "kernel" }
    let parts = labels.map { $0.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }
    let count = parts[0].count
    if parts.contains(where: { $0.count != count }) { return first }
    var result: [String] = []
    for position in 0..<count {
      let words = parts.map { $0[position] }
      if words.allSatisfy({ $0 == words[0] }) {
        result.append(words[0])
      } else {
        let numbers = words.compactMap(Int.init)
        if numbers.count != words.count { return first }
        result.append("\(numbers.min()!)-\(numbers.max()!)")
      }
    }
    return result.joined(separator: ".")
  }
}
