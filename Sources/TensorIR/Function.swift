/// A named static graph in A-normal form: arguments, ordered nodes, named results. Every operand is defined before its use.
public struct Function: Hashable, Sendable {
  public var name: String
  public private(set) var arguments: [Argument] = []
  /// The values of the arguments, in order: ids 0 ..< arguments.count.
  public var argumentValues: [ValueID] { arguments.indices.map(ValueID.init) }
  public private(set) var nodes: [Node] = []
  public var results: [FunctionResult] = []
  /// Results that must be finite before any aliased (updated in place) result is written.
  public var guards: [ValueID] = []
  private var types: [TensorType] = []

  public init(name: String) { self.name = name }

  /// The number of values; ids run from 0.
  public var valueCount: Int { types.count }

  public func type(of value: ValueID) -> TensorType { types[value.index] }

  /// Whether any value has this type of elements.
  public func hasValues(of element: ElementType) -> Bool { types.contains { $0.element == element } }

  /// Adds an argument. Arguments come before any node.
  @discardableResult
  public mutating func addArgument(_ argument: Argument) -> ValueID {
    precondition(nodes.isEmpty, "arguments come before nodes")
    arguments.append(argument)
    types.append(argument.type)
    return ValueID(types.count - 1)
  }

  /// Adds a node whose result types are known to be right (`Builder` infers them).
  @discardableResult
  public mutating func addNode(
    _ op: Op, _ operands: [ValueID], types resultTypes: [TensorType], _ provenance: Provenance
  )
    -> [ValueID]
  {
    let results = resultTypes.indices.map { ValueID(types.count + $0) }
    types.append(contentsOf: resultTypes)
    nodes.append(Node(op: op, operands: operands, results: results, provenance: provenance))
    return results
  }

  public func argument(named name: String) -> ValueID? {
    arguments.firstIndex { $0.name == name }.map(ValueID.init)
  }

  /// For each value the index of the node that defines it; nil for arguments.
  public func definitions() -> [Int?] {
    var table = [Int?](repeating: nil, count: valueCount)
    for (index, node) in nodes.enumerated() {
      for result in node.results { table[result.index] = index }
    }
    return table
  }

  /// For each value the indices of the nodes that read it, ascending, one entry per use.
  public func uses() -> [[Int]] {
    var table = [[Int]](repeating: [], count: valueCount)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands { table[operand.index].append(index) }
    }
    return table
  }
}
