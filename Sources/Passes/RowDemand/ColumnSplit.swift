// slice(x·Wᵀ + b, columns)  ⇒  x·slice(W)ᵀ + slice(b)      where some slices of a product are read at fewer rows than others
// concat(y, z)·W  ⇒  y·W₁ + z·W₂      concat(y, z)ᵀ·x  ⇒  concat(yᵀ·x, zᵀ·x)      Σ concat(y, z)  ⇒  concat(Σ y, Σ z)
//   over rows, where some of the parts are zero on more rows than others

import Support
import TensorIR

/// A product whose columns differ in the rows they are read or non-zero at, and so are better computed apart: queries beside
/// keys and values.
struct ColumnSplit {
  /// A value whose last axis is cut up.
  struct Candidate {
    enum Kind {
      /// A product, read by slices.
      case product
      /// A concatenation.
      case parts
    }
    var kind: Kind
    var value: ValueID
    /// The pieces, adjoining, each to be computed on its own.
    var pieces: [Range<Int>]
  }

  let graph: GraphIndex
  let demand: RowDemand
  var function: Function { graph.function }

  init(_ demand: RowDemand) {
    graph = demand.graph
    self.demand = demand
  }

  /// The function with products cut where that lets more rows go, and what is to be done with it then.
  static func apply(_ choices: RowChoices, _ context: inout PassContext) throws(Diagnostic) -> RowChoices {
    let split = ColumnSplit(choices.demand)
    let candidates = split.candidates()
    if candidates.isEmpty { return choices }
    let trial = RowChoices(GraphIndex(try split.rewrite(candidates)))
    if trial.flopsSaved <= choices.flopsSaved { return choices }
    var allowed: [Candidate] = []
    for candidate in candidates {
      let provenance = split.graph.definition(candidate.value)?.node.provenance ?? Provenance()
      if context.fire(
        "columns read at other rows are computed apart", at: provenance,
        "\(candidate.pieces.map { "\($0.lowerBound)..<\($0.upperBound)" }.joined(separator: ", "))")
      {
        allowed.append(candidate)
      }
    }
    return allowed.count == candidates.count ? trial : RowChoices(GraphIndex(try split.rewrite(allowed)))
  }

  private func candidates() -> [Candidate] {
    var found: [Candidate] = []
    for (index, node) in function.nodes.enumerated() where demand.forms[index].isComputed {
      if let candidate = concatenated(index, node) ?? sliced(node.result) { found.append(candidate) }
    }
    return found
  }

  func shape(_ value: ValueID) -> [Int] { function.type(of: value).shape }

  /// The readers of a value that are read themselves.
  func readers(_ value: ValueID) -> [Int] { graph.readers(value).filter { !demand.forms[$0].isNothing } }

  private func rewrite(_ candidates: [Candidate]) throws(Diagnostic) -> Function {
    var rewriter = ColumnRewriter(self)
    return try rewriter.rewrite(candidates)
  }

  /// The columns a slice leaves, if it leaves everything else.
  func columns(_ node: Node) -> Range<Int>? {
    guard case .slice(let op) = node.op, op.step.allSatisfy({ $0 == 1 }) else { return nil }
    let shape = shape(node.operands[0])
    let last = shape.count - 1
    for axis in 0..<last where op.start[axis] != 0 || op.limit[axis] != shape[axis] { return nil }
    return op.start[last]..<op.limit[last]
  }

  /// A product read by slices of its columns alone, some of them at chosen rows only.
  private func sliced(_ value: ValueID) -> Candidate? {
    if graph.isKept(value) || !canCut(value) { return nil }
    var runs: [(columns: Range<Int>, rows: Rows?)] = []
    for reader in readers(value) {
      guard let columns = columns(function.nodes[reader]) else { return nil }
      let form = demand.forms[reader]
      if form.isScattered { return nil }
      runs.append((columns, form.isComputed ? nil : form.computed.first))
    }
    guard runs.contains(where: { $0.rows != nil }), runs.contains(where: { $0.rows == nil }) else { return nil }
    return candidate(.product, value, runs)
  }

  /// Whether slices of the last axis can rise from a value to a product of its own.
  private func canCut(_ value: ValueID) -> Bool {
    guard let node = graph.definition(value)?.node else { return false }
    switch node.op {
    case .matmul: return true
    case .reshape, .binary, .convert:
      return node.operands.contains { operand in
        shape(operand).last == shape(value).last && readers(operand).count == 1 && !graph.isKept(operand)
          && canCut(operand)
      }
    default: return false
    }
  }

  /// A concatenation along the last axis of parts some of which are zero except at chosen rows.
  private func concatenated(_ index: Int, _ node: Node) -> Candidate? {
    guard case .concat(let op) = node.op, op.axis == shape(node.result).count - 1, !graph.isKept(node.result) else {
      return nil
    }
    var runs: [(columns: Range<Int>, rows: Rows?)] = []
    var start = 0
    for operand in node.operands {
      let size = shape(operand)[op.axis]
      runs.append((start..<start + size, demand.sparsity.sparsity(operand)))
      start += size
    }
    guard runs.contains(where: { $0.rows != nil }), canDistribute(node.result) else { return nil }
    return candidate(.parts, node.result, runs)
  }

  /// Whether everything that reads a concatenation can read its parts.
  func canDistribute(_ value: ValueID) -> Bool {
    let last = shape(value).count - 1
    return readers(value).allSatisfy { reader in
      let node = function.nodes[reader]
      switch node.op {
      case .reshape(let op):
        return op.shape.last == shape(value).last && !graph.isKept(node.result) && canDistribute(node.result)
      case .convert: return !graph.isKept(node.result) && canDistribute(node.result)
      case .reduce(let op): return op.kind == .sum && !op.axes.contains(last)
      case .matmul: return node.operands[0] == value && node.operands[1] != value
      default: return false
      }
    }
  }

  /// Runs that adjoin and are read alike are one piece; nil if they overlap, leave gaps, or are all alike.
  private func candidate(
    _ kind: Candidate.Kind, _ value: ValueID, _ runs: [(columns: Range<Int>, rows: Rows?)]
  ) -> Candidate? {
    var pieces: [Range<Int>] = []
    var before: RowSet?
    var end = 0
    for run in runs.sorted(by: { $0.columns.lowerBound < $1.columns.lowerBound }) {
      if run.columns.lowerBound != end { return nil }
      end = run.columns.upperBound
      if let last = pieces.last, before == run.rows?.set {
        pieces[pieces.count - 1] = last.lowerBound..<end
      } else {
        pieces.append(run.columns)
      }
      before = run.rows?.set
    }
    return end == shape(value).last && pieces.count > 1 ? Candidate(kind: kind, value: value, pieces: pieces) : nil
  }
}
