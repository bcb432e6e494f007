import Support

/// Finds the dictionary of tensors in what a checkpoint holds: under `model`, `state_dict` or the like, or the whole.
struct TorchWeights {
  private let heap: PickleHeap
  /// Dictionaries that were looked at: none is twice.
  private var seen = Set<Int>()

  /// Keys under which training programs save weights; the first that there is counts.
  private static let keys = [
    "model", "state_dict", "model_state_dict", "model_state", "module", "net", "network", "weights", "params",
  ]
  private static let mostLevels = 4

  private init(_ heap: PickleHeap) { self.heap = heap }

  /// The tensors by name; `badData` where there is no dictionary of tensors, or more than one.
  static func find(
    _ root: PickleValue, _ heap: PickleHeap, _ path: String
  ) throws(Diagnostic) -> [(name: String, tensor: TorchTensor)] {
    var search = TorchWeights(heap)
    var found: [Int] = []
    if case .dictionary(let place) = root { found = search.candidates(place, 0) }
    guard found.count == 1 else { throw search.problem(root, found.count, path) }
    var order: [String] = []
    var tensors: [String: TorchTensor] = [:]
    for entry in heap.dictionaries[found[0]] {
      guard case .text(let name) = entry.key, case .tensor(let place) = entry.value else { continue }
      if tensors.updateValue(heap.tensors[place], forKey: name) == nil { order.append(name) }
    }
    return order.map { ($0, tensors[$0]!) }
  }

  private mutating func candidates(_ place: Int, _ level: Int) -> [Int] {
    if level > Self.mostLevels || !seen.insert(place).inserted { return [] }
    var inner: [String: Int] = [:]
    var order: [String] = []
    var holdsTensors = false
    for entry in heap.dictionaries[place] {
      guard case .text(let key) = entry.key else { continue }
      if case .tensor = entry.value { holdsTensors = true }
      if case .dictionary(let child) = entry.value, !key.hasPrefix("optim"),
        inner.updateValue(child, forKey: key) == nil
      {
        order.append(key)
      }
    }
    for key in Self.keys {
      guard let child = inner[key] else { continue }
      let found = candidates(child, level + 1)
      if !found.isEmpty { return found }
    }
    if holdsTensors { return [place] }
    return order.flatMap { candidates(inner[$0]!, level + 1) }
  }

  private func problem(_ root: PickleValue, _ count: Int, _ path: String) -> Diagnostic {
    var notes: [String] = []
    if case .dictionary(let place) = root {
      let keys = heap.dictionaries[place].prefix(8).compactMap { entry in
        if case .text(let key) = entry.key { return "\"\(key.prefix(200))\"" }
        return nil
      }
      if !keys.isEmpty { notes.append("it has: " + keys.joined(separator: ", ")) }
    }
    return Diagnostic(
      .badData, at: SourceLocation(file: path),
      count == 0
        ? "holds no dictionary of tensors" : "holds \(count) dictionaries of tensors: save one of them alone",
      notes: notes)
  }
}
