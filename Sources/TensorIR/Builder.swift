import Support

/// Appends nodes to a function, inferring their types: the way frontends, reverse mode and passes make IR.
public struct Builder {
  public var function: Function
  /// The provenance that new nodes get.
  public var provenance = Provenance()

  public init(_ function: Function) { self.function = function }

  public func type(_ value: ValueID) -> TensorType { function.type(of: value) }
  public func shape(_ value: ValueID) -> [Int] { function.type(of: value).shape }

  /// Adds a node and returns all its results; a type error names the op, its layer path and the operand types.
  public mutating func addAll(_ op: Op, _ operands: [ValueID]) throws(Diagnostic) -> [ValueID] {
    let operandTypes = operands.map { function.type(of: $0) }
    do {
      return function.addNode(op, operands, types: try op.infer(operandTypes), provenance)
    } catch {
      var diagnostic = error
      let found = operandTypes.map(\.description).joined(separator: ", ")
      diagnostic.notes.append("operands: \(found.isEmpty ? "none" : found)")
      if !provenance.layer.isEmpty { diagnostic.notes.append("layer: \(provenance.layer)") }
      if !provenance.source.isEmpty { diagnostic.notes.append("built at: \(provenance.source)") }
      throw diagnostic
    }
  }

  /// Adds a node that has one result.
  public mutating func add(_ op: Op, _ operands: [ValueID]) throws(Diagnostic) -> ValueID {
    try addAll(op, operands)[0]
  }
}
