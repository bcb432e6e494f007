import Support

/// What every operation's payload says of itself; one file per operation in `Ops/`.
public protocol Operation: Hashable, Sendable {
  /// The word that names it in the text.
  var mnemonic: String { get }
  /// Attributes in the order they are printed.
  var attributes: [Attribute] { get }
  /// The operation's type rule, written once: the result types for these operand types, or what is wrong with them.
  func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType]
}

extension Operation {
  /// A type error of this operation.
  public func mismatch(_ message: String) -> Diagnostic { Diagnostic(.badData, "\(mnemonic): \(message)") }

  /// Throws unless there are exactly `count` operands.
  public func expect(_ operands: [TensorType], count: Int) throws(Diagnostic) {
    if operands.count != count {
      throw mismatch("takes \(count) operand\(count == 1 ? "" : "s"), found \(operands.count)")
    }
  }

  /// Throws unless `axis` is an axis of `type`.
  public func expect(axis: Int, of type: TensorType) throws(Diagnostic) {
    if axis < 0 || axis >= type.rank { throw mismatch("axis \(axis) is not an axis of \(type)") }
  }
}
