import TensorIR

/// Everything a tensor's rows go through one by one, as far as nothing else than parameters is needed for it.
struct RowwiseClosure {
  let filled: FilledRows
  /// By node of the closure, how many leading axes of its result are rows: 2 for `[B, R, …]`, 1 for `[B · R, …]`.
  private(set) var leading: [Int: Int] = [:]
  /// FLOPs of the products, on all rows and on those of the table.
  private var flops = 0.0
  private var sharedFLOPs = 0.0
  /// Bytes of what is gathered again, written and read by the gather.
  private var gatheredBytes = 0.0
  private let root: Int
  private let graph: GraphIndex
  private var function: Function { graph.function }

  /// FLOPs that a byte costs: what a core computes while it waits for one.
  private static let flopsPerByte = 1.0

  init(_ filled: FilledRows, at root: Int, _ graph: GraphIndex) {
    self.filled = filled
    self.root = root
    self.graph = graph
    leading[root] = 2
    for index in function.nodes.indices.dropFirst(root + 1) {
      if let axes = self.axes(function.nodes[index]) { leading[index] = axes }
    }
    for index in leading.keys.sorted() where index != root {
      let node = function.nodes[index]
      guard case .matmul = node.op else { continue }
      let all = Cost.flops(
        node.op, operands: node.operands.map { function.type(of: $0) }, results: [function.type(of: node.result)])
      flops += all
      sharedFLOPs += all * Double(filled.tableRows) / Double(filled.batch * filled.rows)
    }
    for index in leading.keys where isRead(index) {
      gatheredBytes += Double(function.type(of: function.nodes[index].result).byteCount)
    }
  }

  var hasProducts: Bool { flops > 0 }

  /// Why the table is not worth it; nil if it is.
  var objection: String? {
    if filled.tableRows >= filled.batch * filled.rows { return "the table has \(filled.tableRows) rows" }
    // Reverse mode doubles the products saved, and the bytes moved.
    if flops - sharedFLOPs < Self.flopsPerByte * gatheredBytes { return "gathering moves more than is saved" }
    return nil
  }

  var summary: String { "\(filled.tableRows) rows for \(filled.batch * filled.rows)" }

  /// Whether something outside the closure reads the node's result.
  func isRead(_ index: Int) -> Bool {
    let result = function.nodes[index].result
    return graph.isKept(result) || graph.readers(result).contains { leading[$0] == nil }
  }

  func contains(_ value: ValueID) -> Bool { axes(of: value) != nil }

  private func axes(of value: ValueID) -> Int? { graph.definition(value).flatMap { leading[$0.index] } }

  private func shape(_ value: ValueID) -> [Int] { function.type(of: value).shape }

  /// Whether the value is the same for every row: a repeated vector or number.
  func isUniform(_ value: ValueID, leading axes: Int) -> Bool {
    guard let node = graph.definition(value)?.node else { return false }
    switch node.op {
    case .constant(let constant):
      if case .splat = constant.value { return true }
      return false
    case .broadcast(let op):
      let operand = shape(node.operands[0])
      return zip(op.axes, operand).allSatisfy { axis, size in axis >= axes || size == 1 }
    default: return false
    }
  }

  /// The leading axes of a node that belongs to the closure; nil for one that does not.
  private func axes(_ node: Node) -> Int? {
    guard node.results.count == 1, let first = node.operands.lazy.compactMap({ axes(of: $0) }).first else { return nil }
    switch node.op {
    case .unary, .binary, .compare, .select, .convert:
      let fits = node.operands.allSatisfy { axes(of: $0).map { $0 == first } ?? isUniform($0, leading: first) }
      return fits ? first : nil
    case .reduce(let op):
      return op.axes.allSatisfy { $0 >= first } ? first : nil
    case .broadcast(let op):
      let keepsRows = Array(op.axes.prefix(first)) == Array(0..<first)
      return keepsRows && op.shape.prefix(first) == shape(node.operands[0]).prefix(first) ? first : nil
    case .reshape(let op):
      let rows = [filled.batch, filled.rows]
      if op.shape.prefix(2) == rows[...] { return 2 }
      return op.shape.first == filled.batch * filled.rows ? 1 : nil
    case .matmul(let op):
      let isProjection =
        axes(of: node.operands[0]) == 1 && !contains(node.operands[1]) && !op.transposeA
        && shape(node.operands[0]).count == 2
      return isProjection ? 1 : nil
    default: return nil
    }
  }
}
