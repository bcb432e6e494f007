import TensorIR

/// A smaller function made of another: fewer results, some values given as arguments, some replaced by earlier ones; what
/// nothing reads then is left out.
struct FunctionEdit {
  private let source: Function
  /// The results that stay.
  var results: [Int]
  /// Results, by number, that become another value.
  var values: [Int: ValueID] = [:]
  /// Values that become arguments.
  var cut: Set<ValueID> = []
  /// Values whose readers read another, earlier one instead.
  var replaced: [ValueID: ValueID] = [:]

  init(_ source: Function) {
    self.source = source
    results = Array(source.results.indices)
  }

  func applied() -> Function {
    var live = [Bool](repeating: false, count: source.valueCount)
    func value(_ index: Int) -> ValueID { resolve(values[index] ?? source.results[index].value) }
    for index in results { live[value(index).index] = true }
    for value in source.guards { live[resolve(value).index] = true }
    var kept: [Node] = []
    for node in source.nodes.reversed()
    where node.results.contains(where: { live[$0.index] }) && !node.results.allSatisfy(cut.contains) {
      kept.append(node)
      for operand in node.operands { live[resolve(operand).index] = true }
    }
    for index in results { if let alias = source.results[index].alias { live[alias.index] = true } }
    var function = Function(name: source.name)
    var map: [ValueID: ValueID] = [:]
    for (index, argument) in source.arguments.enumerated() where live[index] {
      map[ValueID(index)] = function.addArgument(argument)
    }
    for index in source.arguments.count..<source.valueCount where live[index] && cut.contains(ValueID(index)) {
      var name = "cut\(index)"
      while source.argument(named: name) != nil { name += "_" }
      map[ValueID(index)] = function.addArgument(Argument(name, source.type(of: ValueID(index))))
    }
    for node in kept.reversed() {
      let made = function.addNode(
        node.op, node.operands.map { map[resolve($0)]! }, types: node.results.map { source.type(of: $0) },
        node.provenance)
      for (old, new) in zip(node.results, made) where map[old] == nil { map[old] = new }
    }
    function.results = results.map { index in
      let result = source.results[index]
      return result.moved(to: map[value(index)]!, alias: result.alias.map { map[$0]! })
    }
    function.guards = source.guards.map { map[resolve($0)]! }
    return function
  }

  private func resolve(_ value: ValueID) -> ValueID {
    var value = value
    while let other = replaced[value] { value = other }
    return value
  }
}
