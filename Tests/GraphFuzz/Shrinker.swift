import TensorIR

/// Makes a failing function small while it still fails.
public struct Shrinker {
  private let fails: (Function) -> Bool
  private var current: Function
  /// Trials left.
  private var budget: Int

  /// - Parameters:
  ///   - fails: whether a well-formed function fails in the way that is looked for.
  ///   - trials: how often it may be asked.
  public static func shrink(_ function: Function, trials: Int = 600, while fails: @escaping (Function) -> Bool)
    -> Function
  {
    var shrinker = Shrinker(fails: fails, current: function, budget: trials)
    var size: Int
    repeat {
      size = shrinker.measure
      shrinker.dropResults()
      shrinker.raiseResults()
      shrinker.cutNodes()
      shrinker.bypassNodes()
      shrinker.reduceSizes()
    } while shrinker.measure < size && shrinker.budget > 0
    return shrinker.current
  }

  private var measure: Int {
    current.nodes.count + current.results.count
      + (0..<current.valueCount).reduce(0) { $0 + current.type(of: ValueID($1)).count }
  }

  private mutating func attempt(_ candidate: Function?) -> Bool {
    guard let candidate, budget > 0, candidate != current, (try? Verifier.verify(candidate)) != nil else {
      return false
    }
    budget -= 1
    guard fails(candidate) else { return false }
    current = candidate
    return true
  }

  private mutating func dropResults() {
    for index in current.results.indices where current.results.count > 1 {
      var edit = FunctionEdit(current)
      edit.results = [index]
      if attempt(edit.applied()) { return }
    }
    var index = current.results.count - 1
    while index >= 0 && current.results.count > 1 {
      var edit = FunctionEdit(current)
      edit.results.remove(at: index)
      _ = attempt(edit.applied())
      index -= 1
    }
    var unaliased = current
    for index in unaliased.results.indices { unaliased.results[index].alias = nil }
    unaliased.guards = []
    _ = attempt(unaliased)
  }

  /// What a result is made of becomes the result.
  private mutating func raiseResults() {
    for index in current.results.indices {
      var isRaised = true
      while isRaised, let node = current.nodes.first(where: { $0.results.contains(current.results[index].value) }) {
        isRaised = node.operands.contains { operand in
          var edit = FunctionEdit(current)
          edit.values[index] = operand
          return attempt(edit.applied())
        }
      }
    }
  }

  /// Nodes become arguments, so that what made them goes: those of the middle first, which halves the function.
  private mutating func cutNodes() {
    var step = max(1, current.nodes.count / 2)
    while true {
      var index = current.nodes.count - 1
      while index >= 0 {
        var edit = FunctionEdit(current)
        for node in current.nodes[max(0, index - step + 1)...index] { edit.cut.formUnion(node.results) }
        _ = attempt(edit.applied())
        index = min(index - step, current.nodes.count - 1)
      }
      if step == 1 { return }
      step /= 2
    }
  }

  /// Nodes give way to an operand of the same type.
  private mutating func bypassNodes() {
    var index = current.nodes.count - 1
    while index >= 0 {
      let node = current.nodes[index]
      if node.results.count == 1 {
        for operand in node.operands where current.type(of: operand) == current.type(of: node.result) {
          var edit = FunctionEdit(current)
          edit.replaced[node.result] = operand
          if attempt(edit.applied()) { break }
        }
      }
      index = min(index, current.nodes.count) - 1
    }
  }

  private mutating func reduceSizes() {
    var sizes = Set<Int>()
    for index in 0..<current.valueCount { sizes.formUnion(current.type(of: ValueID(index)).shape) }
    for size in sizes.sorted(by: >) where size > 1 {
      for smaller in [1, 2, 3, size / 2, size - 1] where smaller < size && smaller > 0 {
        if attempt(SizeEdit(from: size, to: smaller).applied(to: current)) { break }
      }
    }
  }
}
