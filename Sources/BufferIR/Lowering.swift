import Support
import TensorIR

/// What lowering may do beyond one kernel per operation.
public struct LoweringOptions: Hashable, Sendable {
  /// Element-wise producers are computed inside the loops of their consumers.
  public var fuseLoops = true
  /// With `fuseLoops`: loops that share a domain become one kernel of several outputs, with reductions as phases of a row.
  public var groupLoops = true
  /// Loops over the rows of a product run inside its kernel, on blocks of rows that are still in cache.
  public var fuseEpilogues = true
  /// Calls run in the order that needs less memory: as they stand, or each branch forward and backward in turn.
  public var orderCalls = true
  /// Who computes products.
  public var products = ProductChoice.openblas
  /// Whether the processor multiplies pairs of bf16; without, emitted products widen bf16 as they pack it.
  public var pairsBF16 = false
  /// The tiles of emitted products.
  public var tile = ProductTile()
  /// An output takes the memory of an input that dies there.
  public var reuseInPlace = true

  public init() {}
}

/// Turns a function of the tensor IR into kernels over buffers: views instead of copies, destinations passed down to
/// producers, one kernel per operation or per fused group.
struct Lowering {
  /// How a value can be read.
  enum Place {
    case view(View)
    case splat(Double)
    case iota(axis: Int)
    /// Computed inside its consumers' loops.
    case inlined
  }

  let function: Function
  let regions: [Expansion.Region]
  let options: LoweringOptions
  /// Whether a loop may write an updated argument itself.
  private let updatesDirectly: Bool
  let uses: [[Int]]
  let definitions: [Int?]
  let inlined: [Bool]
  let grouping: LoopGrouping
  let order: LoweringOrder
  var escapes: [Bool] { order.escapes }
  var program: Program
  var places: [Place?]
  var destinations: [View?]
  /// Kernels before equal ones are merged, one per call.
  var kernels: [Kernel] = []
  /// Output number for values written straight into an output.
  var outputOf: [Int: Int] = [:]
  /// For outputs in an argument's memory that are made of arguments: copies of these.
  var updates: [Int: View] = [:]
  var provenance = Provenance()

  init(_ source: Function, _ options: LoweringOptions, updatesDirectly: Bool = true) throws(Diagnostic) {
    let expansion = try Expansion(source, sums: options.fuseLoops && options.groupLoops)
    function = expansion.function
    regions = expansion.regions
    self.options = options
    self.updatesDirectly = updatesDirectly
    uses = function.uses()
    definitions = function.definitions()
    inlined =
      options.fuseLoops ? LoopFusion.inlinedValues(function) : [Bool](repeating: false, count: function.valueCount)
    var grouping = LoopGrouping(
      function, inlined: inlined, grouping: options.fuseLoops && options.groupLoops, regions: regions)
    var order = LoweringOrder(function, grouping)
    if order.isStuck {
      grouping = LoopGrouping(function, inlined: inlined, grouping: false, regions: regions)
      order = LoweringOrder(function, grouping)
    }
    (self.grouping, self.order) = (grouping, order)
    program = Program(name: function.name, inputs: function.arguments)
    places = [Place?](repeating: nil, count: function.valueCount)
    destinations = [View?](repeating: nil, count: function.valueCount)
  }

  mutating func run() throws(Diagnostic) -> Program {
    bind()
    for node in function.nodes where inlined[node.result.index] { places[node.result.index] = .inlined }
    for index in order.nodes {
      provenance = function.nodes[index].provenance
      if let group = grouping.groups[index] { lower(group) } else { try lower(function.nodes[index]) }
    }
    program.remarks = grouping.remarks + grouping.remarks(on: regions)
    try writeResults()
    for value in function.guards {
      guard case .view(let view)? = places[value.index] else { continue }
      let last = program.calls.lastIndex { $0.operands.contains { $0.buffer == view.buffer && $0.isWritten } } ?? -1
      program.guards.append(
        Guard(
          beforeCall: last + 1, buffer: view.buffer, byteOffset: view.offset * view.element.byteSize,
          element: view.element, name: function.results.first { $0.value == value }?.name ?? "a guarded value"))
    }
    return program
  }

  /// Buffers for arguments and results.
  private mutating func bind() {
    for (i, argument) in function.arguments.enumerated() {
      let buffer = newBuffer(argument.type, .input(i), argument.name)
      places[i] = .view(View(buffer, argument.type))
    }
    let guarded = guardedValues()
    for (i, result) in function.results.enumerated() {
      let type = function.type(of: result.value)
      _ = newBuffer(type, .output(i), result.name)
      program.outputs.append(
        ProgramDescription.Output(result.name, type, role: result.role, alias: result.alias?.index))
      if outputOf[result.value.index] == nil && result.value.index >= function.arguments.count
        && (result.alias == nil || (updatesDirectly && writesElementwise(result.value) && !guarded[result.value.index]))
      {
        outputOf[result.value.index] = i
      }
    }
  }

  /// What guards look at, and all it is made of: it is computed before the guard, so that it is no update in place.
  private func guardedValues() -> [Bool] {
    var guarded = [Bool](repeating: false, count: function.valueCount)
    for value in function.guards { guarded[value.index] = true }
    for node in function.nodes.reversed() where node.results.contains(where: { guarded[$0.index] }) {
      for operand in node.operands { guarded[operand.index] = true }
    }
    return guarded
  }

  /// Whether the value is made by a kernel that reads and writes element by element, so that it may be updated in place.
  private func writesElementwise(_ value: ValueID) -> Bool {
    guard let node = definitions[value.index] else { return false }
    switch function.nodes[node].op {
    case .unary, .binary, .select, .convert: return true
    case .constant, .iota, .compare, .broadcast, .reshape, .transpose, .slice, .concat, .pad, .reduce, .matmul, .gather,
      .scatterAdd, .argsort, .argmax, .softmax, .logSumExp, .dropout, .stopGradient, .attention, .attentionGradient,
      .layerNorm, .layerNormGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      return false
    }
  }

  mutating func newBuffer(_ type: TensorType, _ storage: Buffer.Storage, _ name: String) -> BufferID {
    program.buffers.append(
      Buffer(storage: storage, byteCount: type.byteCount, element: type.element, name: name))
    return BufferID(program.buffers.count - 1)
  }

  mutating func temporary(_ type: TensorType) -> View {
    View(newBuffer(type, .temporary, provenance.layer), type)
  }

  func outputBuffer(_ index: Int) -> BufferID { BufferID(function.arguments.count + index) }

  /// Where a value's kernel writes: an output, a part of the tensor that a later concatenation joins, or memory laid out
  /// so that the transposes and reshapes that follow are views.
  mutating func destination(_ value: ValueID) -> View {
    if let known = destinations[value.index] { return known }
    let view = findDestination(value) ?? temporary(function.type(of: value))
    destinations[value.index] = view
    return view
  }

  private mutating func findDestination(_ value: ValueID) -> View? {
    let type = function.type(of: value)
    if let output = outputOf[value.index] { return View(outputBuffer(output), type) }
    if isResult(value) { return nil }
    let readers = uses[value.index]
    // As a whole run of a joined tensor it is for others what it would be alone.
    let joins = readers.filter { if case .concat(let op) = function.nodes[$0].op { isRun(value, op) } else { false } }
    guard let reader = joins.count == 1 ? joins[0] : readers.first, joins.count == 1 || readers.count == 1 else {
      return nil
    }
    let node = function.nodes[reader]
    switch node.op {
    case .transpose(let op):
      return inlined[node.result.index] ? nil : destination(node.result).transposed(op.inverse.permutation)
    case .reshape:
      return inlined[node.result.index] ? nil : destination(node.result).reshaped(to: type.shape)
    case .concat(let op):
      var start = 0
      for operand in node.operands {
        if operand == value { break }
        start += function.type(of: operand).shape[op.axis]
      }
      var view = destination(node.result)
      view.offset += start * view.strides[op.axis]
      view.shape = type.shape
      return view
    case .constant, .iota, .unary, .binary, .compare, .select, .convert, .broadcast, .slice, .pad, .reduce, .matmul,
      .gather,
      .scatterAdd, .argsort, .argmax, .softmax, .logSumExp, .dropout, .stopGradient, .attention, .attentionGradient,
      .layerNorm, .layerNormGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      return nil
    }
  }

  /// Whether a part of a concatenation has its elements side by side there.
  private func isRun(_ value: ValueID, _ op: Concat) -> Bool {
    function.type(of: value).shape[..<op.axis].allSatisfy { $0 == 1 }
  }

  private func isResult(_ value: ValueID) -> Bool { function.results.contains { $0.value == value } }

  /// Records a call of `kernel`.
  mutating func call(_ kernel: Kernel, _ operands: [Call.Operand], _ mnemonics: [String], flops: Double, bytes: Double)
  {
    kernels.append(kernel)
    let operation = mnemonics.prefix(6).joined(separator: "+") + (mnemonics.count > 6 ? "+…" : "")
    let label = provenance.layer.isEmpty ? operation : "\(provenance.layer).\(operation)"
    program.calls.append(
      Call(kernel: -1, operands: operands, provenance: provenance, label: label, flops: flops, bytes: bytes))
  }
}
