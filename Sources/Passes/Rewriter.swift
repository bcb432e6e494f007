import Support
import TensorIR

/// Builds the function that replaces another: walks its nodes in order, and for each either copies it or says which new
/// values stand for its results. New nodes get the provenance of the node they replace.
public struct Rewriter {
  public let source: Function
  private var builder: Builder
  /// For each source value the new value that stands for it.
  private var map: [ValueID?]
  private let sourceUses: [Int]
  /// For each new value the node that defines it, −1 for arguments, and the number of uses its source values have.
  private var definitions: [Int] = []
  private var expectedUses: [Int] = []

  public init(_ source: Function) {
    self.source = source
    var target = Function(name: source.name)
    for argument in source.arguments { target.addArgument(argument) }
    builder = Builder(target)
    var uses = [Int](repeating: 0, count: source.valueCount)
    for node in source.nodes {
      for operand in node.operands { uses[operand.index] += 1 }
    }
    for result in source.results { uses[result.value.index] += 1 }
    for value in source.guards { uses[value.index] += 1 }
    sourceUses = uses
    map = [ValueID?](repeating: nil, count: source.valueCount)
    for argument in source.argumentValues {
      map[argument.index] = argument
      definitions.append(-1)
      expectedUses.append(uses[argument.index])
    }
  }

  /// Calls `rewrite` for each node of `source` with its operands as new values; where it returns nil the node is copied,
  /// else the values returned stand for the node's results. Returns the new function.
  public static func rewrite(
    _ source: Function, _ rewrite: (inout Rewriter, Node, [ValueID]) throws(Diagnostic) -> [ValueID]?
  ) throws(Diagnostic) -> Function {
    var rewriter = Rewriter(source)
    for node in source.nodes {
      let operands = rewriter.operands(of: node)
      rewriter.provenance = node.provenance
      if let values = try rewrite(&rewriter, node, operands) {
        rewriter.replace(node, with: values)
      } else {
        rewriter.copy(node)
      }
    }
    return rewriter.finish()
  }

  /// The provenance that nodes made now get.
  public var provenance: Provenance {
    get { builder.provenance }
    set { builder.provenance = newValue }
  }

  /// The function as built so far.
  public var function: Function { builder.function }
  public func type(_ value: ValueID) -> TensorType { builder.function.type(of: value) }

  /// The new value that stands for a source value already walked past.
  public func value(for source: ValueID) -> ValueID { map[source.index]! }

  /// A source node's operands as new values.
  public func operands(of node: Node) -> [ValueID] { node.operands.map { map[$0.index]! } }

  /// The new node that defines a new value; nil for arguments.
  public func definition(of value: ValueID) -> Node? {
    let index = definitions[value.index]
    return index < 0 ? nil : builder.function.nodes[index]
  }

  /// How many uses the source values have that a new value stands for: an upper bound of its uses, and 1 for a value that
  /// exactly one node, result or guard reads. 0 for a value made by a rewrite and not yet standing for anything.
  public func uses(of value: ValueID) -> Int { expectedUses[value.index] }

  /// Adds a node, inferring its types.
  public mutating func addAll(_ op: Op, _ operands: [ValueID]) throws(Diagnostic) -> [ValueID] {
    let values = try builder.addAll(op, operands)
    recordDefinition(values)
    return values
  }

  /// Adds a node with one result.
  public mutating func add(_ op: Op, _ operands: [ValueID]) throws(Diagnostic) -> ValueID {
    try addAll(op, operands)[0]
  }

  /// A constant that is `value` everywhere.
  public mutating func splat(_ value: Double, _ type: TensorType) throws(Diagnostic) -> ValueID {
    try add(.constant(Constant(.splat(value), type)), [])
  }

  /// Copies a source node.
  public mutating func copy(_ node: Node) {
    let types = node.results.map { source.type(of: $0) }
    let values = builder.function.addNode(node.op, operands(of: node), types: types, node.provenance)
    recordDefinition(values)
    replace(node, with: values)
  }

  /// Adds a node like one of the source, of the same types, that reads other values and stands for nothing yet.
  public mutating func add(copyOf node: Node, _ operands: [ValueID]) -> [ValueID] {
    let types = node.results.map { source.type(of: $0) }
    let values = builder.function.addNode(node.op, operands, types: types, provenance)
    recordDefinition(values)
    return values
  }

  /// Says which new values stand for a source node's results.
  public mutating func replace(_ node: Node, with values: [ValueID]) {
    precondition(values.count == node.results.count, "\(node.op.mnemonic) has \(node.results.count) results")
    for (result, value) in zip(node.results, values) {
      map[result.index] = value
      expectedUses[value.index] += sourceUses[result.index]
    }
  }

  /// The finished function, with the source's results and guards.
  public func finish() -> Function {
    var function = builder.function
    function.results = source.results.map { result in
      result.moved(to: map[result.value.index]!, alias: result.alias)
    }
    function.guards = source.guards.map { map[$0.index]! }
    return function
  }

  private mutating func recordDefinition(_ values: [ValueID]) {
    for _ in values {
      definitions.append(builder.function.nodes.count - 1)
      expectedUses.append(0)
    }
  }
}
