import Support

/// Zeroes each element with probability `rate` and divides the others by 1 − rate. Which elements is a function of
/// (seed, stream, element index) alone, so the mask is recomputed, never stored, and its adjoint is the same operation.
///
/// Operand 0 is the tensor, operand 1 the seed (i64 scalar). Element i (row-major) takes 32 random bits
/// r = word (i / 16) mod 4 of Philox-4x32-10 with counter ((i / 64)·16 + i mod 16 as 64 bits, stream, 0) and the seed as key;
/// it is kept iff r ≥ ⌊rate·2³²⌋.
public struct Dropout: Operation {
  public var rate: Double
  /// Tells apart the dropouts of one function that share a seed.
  public var stream: Int

  public init(rate: Double, stream: Int) {
    self.rate = rate
    self.stream = stream
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    rate = try reader.real("rate")
    stream = try reader.integer("stream")
  }

  public var mnemonic: String { "dropout" }
  public var attributes: [Attribute] { [Attribute("rate", .real(rate)), Attribute("stream", .integer(stream))] }

  /// Elements whose random bits are below it are zeroed.
  public var threshold: UInt32 { UInt32(rate * 4294967296) }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 2)
    if !operands[0].element.isFloat { throw mismatch("takes floating point, found \(operands[0])") }
    if operands[1] != TensorType(.i64, []) { throw mismatch("seed must be i64[], found \(operands[1])") }
    if !(rate >= 0 && rate < 1) { throw mismatch("rate \(rate) is not in [0, 1)") }
    if stream < 0 || stream > Int(UInt32.max) { throw mismatch("stream \(stream) is not a 32-bit number") }
    return [operands[0]]
  }
}
