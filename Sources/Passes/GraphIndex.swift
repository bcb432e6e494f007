import TensorIR

/// Definitions and uses of a function's values, for pattern matching.
struct GraphIndex {
  let function: Function
  private let definitions: [Int?]
  private let uses: [[Int]]
  private let kept: Set<ValueID>

  init(_ function: Function) {
    self.function = function
    definitions = function.definitions()
    uses = function.uses()
    kept = Set(function.results.map(\.value) + function.guards)
  }

  /// The node that defines a value; nil for arguments.
  func definition(_ value: ValueID) -> (index: Int, node: Node)? {
    definitions[value.index].map { ($0, function.nodes[$0]) }
  }

  /// The nodes that read a value, ascending, each once.
  func readers(_ value: ValueID) -> [Int] {
    var list: [Int] = []
    for index in uses[value.index] where list.last != index { list.append(index) }
    return list
  }

  /// Whether the value is a result or a guard.
  func isKept(_ value: ValueID) -> Bool { kept.contains(value) }

  /// Whether a value is a view, or rows, of bf16 that has been widened.
  func isRounded(_ value: ValueID) -> Bool {
    guard let node = definition(value)?.node else { return false }
    switch node.op {
    case .reshape, .transpose, .slice, .gather: return isRounded(node.operands[0])
    case .convert:
      return function.type(of: node.operands[0]).element == .bf16 && function.type(of: value).element == .f32
    default: return false
    }
  }

  /// The number a value is everywhere, if it is a constant splat.
  func splat(_ value: ValueID) -> Double? {
    guard case .constant(let constant)? = definition(value)?.node.op, case .splat(let number) = constant.value else {
      return nil
    }
    return number
  }

  /// The operands of a binary node of that kind, if the value is one.
  func binary(_ kind: Binary.Kind, _ value: ValueID) -> (ValueID, ValueID)? {
    guard let node = definition(value)?.node, case .binary(let op) = node.op, op.kind == kind else { return nil }
    return (node.operands[0], node.operands[1])
  }
}
