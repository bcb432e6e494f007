import Support
import TensorIR

/// A function of single numbers, applied to every element of tensors.
///
///     func @f(%p, %lr) { %0 = neg %lr   %1 = mul %0, %p   return %1 }
///
/// applied to p: f32[2,3] and lr: f32[] becomes
///
///     %0 = neg %lr : f32[]    %1 = broadcast %0 : f32[2,3]    %2 = mul %1, %p : f32[2,3]
///
/// Nodes that depend on scalars alone stay scalars and are made once for all tensors.
struct Lifting {
  let function: Function
  /// The values of nodes that depend on scalars alone, once they are there.
  private var shared: [ValueID: ValueID] = [:]
  /// Constants, made where they are needed in the type that is needed.
  private var constants: [ValueID: Double] = [:]

  /// Appends the nodes that depend on scalars alone. `scalars`: a value for each argument that stays a scalar, by its name.
  init(_ function: Function, scalars: [String: ValueID], _ b: inout Builder) throws(Diagnostic) {
    self.function = function
    for (index, argument) in function.arguments.enumerated() {
      if let value = scalars[argument.name] { shared[ValueID(index)] = value }
    }
    for node in function.nodes {
      if case .constant(let constant) = node.op, case .splat(let value) = constant.value {
        constants[node.result] = value
      } else if node.operands.allSatisfy({ shared[$0] != nil || constants[$0] != nil }) {
        shared[node.result] = try scalar(node, &b)
      }
    }
  }

  /// A node of scalars; a constant beside another scalar has its type.
  private func scalar(_ node: Node, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let partner = node.operands.compactMap { shared[$0] }.first
    var operands: [ValueID] = []
    for operand in node.operands {
      if let scalar = shared[operand] {
        operands.append(scalar)
      } else {
        operands.append(try b.splat(constants[operand]!, partner.map { b.type($0) } ?? function.type(of: operand)))
      }
    }
    return try b.add(node.op, operands)
  }

  static func canLift(_ op: Op) -> Bool {
    if case .constant = op { return true }
    return op.traits.isElementwise
  }

  /// The results for tensors of one shape and type, given by the names of their arguments.
  func apply(_ tensors: [String: ValueID], _ b: inout Builder) throws(Diagnostic) -> [ValueID] {
    var values: [ValueID: ValueID] = [:]
    var type: TensorType?
    for (index, argument) in function.arguments.enumerated() {
      guard let value = tensors[argument.name] else { continue }
      values[ValueID(index)] = value
      type = b.type(value)
    }
    let target = type ?? TensorType(.f32, [])
    for node in function.nodes where constants[node.result] == nil && shared[node.result] == nil {
      values[node.result] = try lift(node, values, target, &b)
    }
    var results: [ValueID] = []
    for result in function.results { results.append(try spread(result.value, values, target, &b)) }
    return results
  }

  private func lift(
    _ node: Node, _ values: [ValueID: ValueID], _ target: TensorType, _ b: inout Builder
  ) throws(Diagnostic) -> ValueID {
    // The function is written for f32; applied to another type it computes in that one.
    if case .convert = node.op { return values[node.operands[0]]! }
    var operands: [ValueID] = []
    for operand in node.operands { operands.append(try spread(operand, values, target, &b)) }
    return try b.add(node.op, operands)
  }

  /// A value at every element of the target.
  private func spread(
    _ value: ValueID, _ values: [ValueID: ValueID], _ target: TensorType, _ b: inout Builder
  ) throws(Diagnostic) -> ValueID {
    if let tensor = values[value] { return tensor }
    if let number = constants[value] {
      let element = function.type(of: value).element
      return try b.splat(number, target.with(element.isFloat ? target.element : element))
    }
    let scalar = shared[value]!
    let converted = b.type(scalar).element.isFloat ? try b.convert(scalar, to: target.element) : scalar
    return target.rank == 0 ? converted : try b.broadcast(converted, to: target.shape, axes: [])
  }
}
