import TensorIR

/// `[first | gather([tokens | c …], ranks)] + p`: rows of records in the places they come from, and one vector c in all the
/// others.
///
/// B records of `first` rows that stay in front, `visible` tokens, and `places` places in all behind the first rows.
struct FilledRows {
  /// The tensor `[B, first + places, D]` itself.
  let result: ValueID
  /// `[B, first, D]`; nil if there are none.
  let first: ValueID?
  /// `[B, visible, D]`.
  let tokens: ValueID
  /// `[B, first + visible, D]`, of which `first` and `tokens` are slices; nil if they are not.
  let joined: ValueID?
  /// c, of D elements.
  let fill: ValueID
  /// p, `(first + places) · D` elements; nil: nothing is added.
  let positions: ValueID?
  /// The place of each token, `[B, places]`, and its inverse.
  let order: ValueID
  let ranks: ValueID

  let batch: Int
  let firstRows: Int
  let visible: Int
  let places: Int
  let width: Int

  var rows: Int { firstRows + places }
  /// Rows of the table: those of records, then one per place (one in all, without positions).
  var ownRows: Int { batch * (firstRows + visible) }
  var tableRows: Int { ownRows + (positions == nil ? 1 : places) }

  /// Matches at the node that gives the whole: the sum with positions, else what joins or gathers the rows.
  init?(_ node: Node, _ graph: GraphIndex) {
    func shape(_ value: ValueID) -> [Int] { graph.function.type(of: value).shape }
    result = node.result
    var rows = node.result
    if let (a, b) = graph.binary(.add, node.result) {
      guard
        let (data, p) = [(a, b), (b, a)].lazy.compactMap({ pair in
          Self.repeatedOverBatch(pair.1, graph).map { (pair.0, $0) }
        }).first
      else { return nil }
      rows = data
      positions = p
    } else {
      positions = nil
    }
    var gathered = rows
    if case .concat(let op)? = graph.definition(rows)?.node.op, op.axis == 1,
      let parts = graph.definition(rows)?.node.operands, parts.count == 2
    {
      first = parts[0]
      gathered = parts[1]
    } else {
      first = nil
    }
    guard let gather = graph.definition(gathered)?.node, case .gather(let op) = gather.op, op.batchDims == 1,
      let order = RowFacts(graph).order(ofRanks: gather.operands[1]),
      let table = graph.definition(gather.operands[0])?.node, case .concat(let join) = table.op, join.axis == 1,
      table.operands.count == 2, shape(table.result).count == 3, shape(gather.operands[1]).count == 2,
      let fill = Self.constantRow(table.operands[1], graph)
    else { return nil }
    tokens = table.operands[0]
    self.fill = fill
    self.order = order
    ranks = gather.operands[1]
    let whole = shape(node.result)
    batch = whole[0]
    firstRows = first.map { shape($0)[1] } ?? 0
    visible = shape(tokens)[1]
    places = shape(ranks)[1]
    width = whole[2]
    guard places == shape(table.result)[1], whole == [batch, firstRows + places, width] else { return nil }
    joined = Self.source(of: first, table.operands[0], graph)
  }

  /// The operand of a broadcast `[B, R, D]` that is the same for every record and fills the rest: positions.
  private static func repeatedOverBatch(_ value: ValueID, _ graph: GraphIndex) -> ValueID? {
    guard let node = graph.definition(value)?.node, case .broadcast(let op) = node.op, op.shape.count == 3 else {
      return nil
    }
    let shape = graph.function.type(of: node.operands[0]).shape
    let count = shape.reduce(1, *)
    let isWhole = count == op.shape[1] * op.shape[2] && (op.axes.first != 0 || shape[0] == 1)
    return isWhole ? node.operands[0] : nil
  }

  /// The operand of a broadcast `[B, n, D]` of one vector.
  private static func constantRow(_ value: ValueID, _ graph: GraphIndex) -> ValueID? {
    guard let node = graph.definition(value)?.node, case .broadcast(let op) = node.op, op.shape.count == 3,
      op.axes.last == 2
    else { return nil }
    let shape = graph.function.type(of: node.operands[0]).shape
    return shape.last == op.shape[2] && shape.dropLast().allSatisfy { $0 == 1 } ? node.operands[0] : nil
  }

  /// The tensor that two values are adjacent slices of along axis 1, first rows first.
  private static func source(of first: ValueID?, _ rest: ValueID, _ graph: GraphIndex) -> ValueID? {
    guard let first, let a = graph.definition(first)?.node, let b = graph.definition(rest)?.node,
      case .slice(let head) = a.op,
      case .slice(let tail) = b.op, a.operands == b.operands, head.step == [1, 1, 1], tail.step == [1, 1, 1]
    else { return nil }
    let shape = graph.function.type(of: a.operands[0]).shape
    let isWhole =
      head.start == [0, 0, 0] && head.limit == [shape[0], tail.start[1], shape[2]]
      && tail.start == [0, head.limit[1], 0] && tail.limit == shape
    return isWhole ? a.operands[0] : nil
  }
}
