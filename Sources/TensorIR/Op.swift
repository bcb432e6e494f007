import Support

/// Every operation of the tensor IR. Closed: a new case makes the compiler ask for its interpretation, adjoint and lowering.
public enum Op: Hashable, Sendable {
  case constant(Constant)
  case iota(Iota)
  case unary(Unary)
  case binary(Binary)
  case compare(Compare)
  case select(Select)
  case convert(Convert)
  case broadcast(Broadcast)
  case reshape(Reshape)
  case transpose(Transpose)
  case slice(Slice)
  case concat(Concat)
  case pad(Pad)
  case reduce(Reduce)
  case matmul(Matmul)
  case gather(Gather)
  case scatterAdd(ScatterAdd)
  case argsort(Argsort)
  case argmax(Argmax)
  case softmax(Softmax)
  case logSumExp(LogSumExp)
  case dropout(Dropout)
  case stopGradient(StopGradient)
  case attention(Attention)
  case attentionGradient(AttentionGradient)
  case linearCrossEntropy(LinearCrossEntropy)
  case linearCrossEntropyGradient(LinearCrossEntropyGradient)

  /// The payload, for everything that is the same for all operations.
  public var payload: any Operation {
    switch self {
    case .constant(let op): op
    case .iota(let op): op
    case .unary(let op): op
    case .binary(let op): op
    case .compare(let op): op
    case .select(let op): op
    case .convert(let op): op
    case .broadcast(let op): op
    case .reshape(let op): op
    case .transpose(let op): op
    case .slice(let op): op
    case .concat(let op): op
    case .pad(let op): op
    case .reduce(let op): op
    case .matmul(let op): op
    case .gather(let op): op
    case .scatterAdd(let op): op
    case .argsort(let op): op
    case .argmax(let op): op
    case .softmax(let op): op
    case .logSumExp(let op): op
    case .dropout(let op): op
    case .stopGradient(let op): op
    case .attention(let op): op
    case .attentionGradient(let op): op
    case .linearCrossEntropy(let op): op
    case .linearCrossEntropyGradient(let op): op
    }
  }

  public var mnemonic: String { payload.mnemonic }
  public var attributes: [Attribute] { payload.attributes }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try payload.infer(operands)
  }

  /// The operation a mnemonic and its attributes name; nil if there is no such mnemonic.
  public static func parse(_ mnemonic: String, _ reader: inout AttributeReader) throws(Diagnostic) -> Op? {
    if let kind = Unary.Kind(rawValue: mnemonic) { return .unary(Unary(kind)) }
    if let kind = Binary.Kind(rawValue: mnemonic) { return .binary(Binary(kind)) }
    switch mnemonic {
    case "constant": return .constant(try Constant(&reader))
    case "iota": return .iota(try Iota(&reader))
    case "compare": return .compare(try Compare(&reader))
    case "select": return .select(Select())
    case "convert": return .convert(Convert(try reader.resultType().element))
    case "broadcast": return .broadcast(try Broadcast(&reader))
    case "reshape": return .reshape(Reshape(try reader.resultType().shape))
    case "transpose": return .transpose(Transpose(try reader.integers("permutation")))
    case "slice": return .slice(try Slice(&reader))
    case "concat": return .concat(Concat(axis: try reader.integer("axis")))
    case "pad": return .pad(try Pad(&reader))
    case "reduce": return .reduce(try Reduce(&reader))
    case "matmul": return .matmul(try Matmul(&reader))
    case "gather": return .gather(Gather(batchDims: try reader.integer("batch_dims")))
    case "scatter_add": return .scatterAdd(try ScatterAdd(&reader))
    case "argsort": return .argsort(Argsort())
    case "argmax": return .argmax(Argmax())
    case "softmax": return .softmax(Softmax())
    case "log_sum_exp": return .logSumExp(LogSumExp())
    case "dropout": return .dropout(try Dropout(&reader))
    case "stop_gradient": return .stopGradient(StopGradient())
    case "attention": return .attention(try Attention(&reader))
    case "attention_gradient": return .attentionGradient(try AttentionGradient(&reader))
    case "linear_cross_entropy": return .linearCrossEntropy(try LinearCrossEntropy(&reader))
    case "linear_cross_entropy_gradient":
      return .linearCrossEntropyGradient(try LinearCrossEntropyGradient(&reader))
    default: return nil
    }
  }

  /// Every mnemonic, for error messages and documentation.
  public static let mnemonics: [String] =
    Unary.Kind.allCases.map(\.rawValue) + Binary.Kind.allCases.map(\.rawValue) + [
      "constant", "iota", "compare", "select", "convert", "broadcast", "reshape", "transpose", "slice", "concat", "pad",
      "reduce", "matmul", "gather", "scatter_add", "argsort", "argmax", "softmax", "log_sum_exp", "dropout",
      "stop_gradient", "attention", "attention_gradient", "linear_cross_entropy", "linear_cross_entropy_gradient",
    ]
}
