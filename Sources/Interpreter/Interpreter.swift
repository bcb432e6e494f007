import Support
import TensorIR

/// The meaning of the tensor IR: runs a function node by node, plainly, in f64. Every compiled program is judged by it.
///
/// NaN: `maximum`, `minimum` and `reduce max` propagate it; `argsort` puts it last. Gather indices are clamped. i32
/// arithmetic wraps. Guards and aliases of the function have no effect: results are new tensors.
public enum Interpreter {
  /// How values are kept.
  public struct Options: Sendable, Hashable {
    /// Element types whose values are rounded to them; the others keep f64 precision.
    public var rounded: Set<ElementType>
    public init(rounded: Set<ElementType> = []) { self.rounded = rounded }
    /// Rounds each value to its element type (f32, bf16), if so.
    public init(roundToType: Bool) { rounded = roundToType ? [.f32, .bf16] : [] }

    func apply(_ tensor: HostTensor) -> HostTensor {
      rounded.contains(tensor.type.element) ? Rounding.round(tensor) : tensor
    }
  }

  /// Sees each node's index in `function.nodes` and its results as they are computed; may stop the run by throwing.
  public typealias Observer = (_ node: Int, _ results: [HostTensor]) throws(Diagnostic) -> Void

  /// Runs a function that is well formed (`Verifier`) on one tensor per argument, in order; returns one per result, in
  /// order. Throws `badData` if the inputs are not of the arguments' types.
  public static func run(_ function: Function, inputs: [HostTensor], options: Options = Options()) throws(Diagnostic)
    -> [HostTensor]
  {
    try run(function, inputs: inputs, options: options) { (_, _) throws(Diagnostic) in }
  }

  /// The same, with an observer of every node.
  public static func run(
    _ function: Function, inputs: [HostTensor], options: Options = Options(), observer: Observer
  ) throws(Diagnostic) -> [HostTensor] {
    try check(inputs, function)
    var values: [HostTensor?] = inputs.map(options.apply)
    values.append(contentsOf: [HostTensor?](repeating: nil, count: function.valueCount - inputs.count))
    let dying = lastUses(function)
    for (index, node) in function.nodes.enumerated() {
      let results = evaluate(
        node.op, node.operands.map { values[$0.index]! }, node.results.map { function.type(of: $0) }, options
      ).map(options.apply)
      try observer(index, results)
      for (id, result) in zip(node.results, results) { values[id.index] = result }
      for id in dying[index] { values[id.index] = nil }
    }
    return function.results.map { values[$0.value.index]! }
  }

  /// One operation applied to tensors of types its `infer` accepts.
  public static func evaluate(
    _ op: Op, _ operands: [HostTensor], options: Options = Options()
  ) throws(Diagnostic) -> [HostTensor] {
    evaluate(op, operands, try op.infer(operands.map(\.type)), options).map(options.apply)
  }

  static func evaluate(_ op: Op, _ x: [HostTensor], _ types: [TensorType], _ options: Options) -> [HostTensor] {
    let type = types[0]
    switch op {
    case .constant(let op): return [constant(op)]
    case .iota(let op): return [iota(op)]
    case .unary(let op): return [unary(op.kind, x[0])]
    case .binary(let op): return [binary(op.kind, x[0], x[1])]
    case .compare(let op): return [compare(op.kind, x[0], x[1])]
    case .select: return [select(x[0], x[1], x[2])]
    case .convert(let op): return [convert(x[0], to: op.element)]
    case .broadcast(let op): return [broadcast(op, x[0], type)]
    case .reshape(let op): return [x[0].reshaped(op.shape)]
    case .transpose(let op): return [transpose(op, x[0], type)]
    case .slice(let op): return [slice(op, x[0], type)]
    case .concat(let op): return [concat(op, x, type)]
    case .pad(let op): return [pad(op, x[0], type)]
    case .reduce(let op): return [reduce(op, x[0], type)]
    case .matmul(let op): return [matmul(op, x[0], x[1], type)]
    case .gather(let op): return [gather(op, x[0], x[1], type)]
    case .scatterAdd(let op): return [scatterAdd(op, x[0], x[1], type)]
    case .argsort: return [argsort(x[0], type)]
    case .argmax: return [argmax(x[0], type)]
    case .softmax: return [softmax(x[0])]
    case .attention(let op):
      return expanded(x, options) { (values, builder) throws(Diagnostic) in try op.expand(values, into: &builder) }
    case .attentionGradient(let op):
      return expanded(x, options) { (values, builder) throws(Diagnostic) in try op.expand(values, into: &builder) }
    case .layerNorm(let op):
      return expanded(x, options) { (values, builder) throws(Diagnostic) in try op.expand(values, into: &builder) }
    case .layerNormGradient(let op):
      return expanded(x, options) { (values, builder) throws(Diagnostic) in try op.expand(values, into: &builder) }
    case .linearCrossEntropy(let op):
      return expanded(x, options) { (values, builder) throws(Diagnostic) in try op.expand(values, into: &builder) }
    case .linearCrossEntropyGradient(let op):
      return expanded(x, options) { (values, builder) throws(Diagnostic) in try op.expand(values, into: &builder) }
    case .logSumExp: return [logSumExp(x[0], type)]
    case .dropout(let op): return [dropout(op, x[0], seed: x[1])]
    case .stopGradient: return [x[0]]
    }
  }

  private static func check(_ inputs: [HostTensor], _ function: Function) throws(Diagnostic) {
    if inputs.count != function.arguments.count {
      throw Diagnostic(
        .badData, "@\(function.name) takes \(function.arguments.count) arguments, \(inputs.count) are given")
    }
    for (argument, input) in zip(function.arguments, inputs) where argument.type != input.type {
      throw Diagnostic(
        .badData, "@\(function.name): argument '\(argument.name)' is \(input.type), expected \(argument.type)")
    }
  }

  /// For each node the values that nothing after it reads.
  private static func lastUses(_ function: Function) -> [[ValueID]] {
    var last = [Int](repeating: -1, count: function.valueCount)
    for (index, node) in function.nodes.enumerated() {
      for id in node.operands + node.results { last[id.index] = index }
    }
    for result in function.results { last[result.value.index] = -1 }
    var dying = [[ValueID]](repeating: [], count: function.nodes.count)
    for (index, node) in last.enumerated() where node >= 0 { dying[node].append(ValueID(index)) }
    return dying
  }
}
