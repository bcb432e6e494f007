import Support
import TensorIR

/// Computes row-wise closures on tables, and gathers what others read.
struct SharedRowsRewriter {
  private let graph: GraphIndex
  private var rewriter: Rewriter
  /// By source value, its form on the table.
  private var tableForms: [ValueID: ValueID] = [:]

  static func rewrite(_ graph: GraphIndex, _ tables: [Int: SharedRows]) throws(Diagnostic) -> Function {
    var this = Self(graph: graph, rewriter: Rewriter(graph.function))
    var owners: [Int: SharedRows] = [:]
    for table in tables.values {
      for index in table.closure.leading.keys { owners[index] = table }
    }
    var ids: [ValueID: ValueID] = [:]
    for (index, node) in graph.function.nodes.enumerated() {
      this.rewriter.provenance = node.provenance
      guard let owner = owners[index] else {
        this.rewriter.copy(node)
        continue
      }
      let root = owner.filled.result
      let form: ValueID
      if node.result == root {
        ids[root] = try this.indices(owner.filled)
        form = try this.table(owner.filled)
      } else {
        form = try this.computed(node, owner.closure, index)
      }
      this.tableForms[node.result] = form
      if owner.closure.isRead(index) {
        let rows = try this.rewriter.add(.gather(Gather(batchDims: 0)), [form, ids[root]!])
        this.rewriter.replace(node, with: [try this.reshaped(rows, graph.function.type(of: node.result).shape)])
      }
    }
    var scratch = PassContext()
    return try Pass.dce.run(this.rewriter.finish(), &scratch)
  }

  private mutating func reshaped(_ value: ValueID, _ shape: [Int]) throws(Diagnostic) -> ValueID {
    rewriter.type(value).shape == shape ? value : try rewriter.add(.reshape(Reshape(shape)), [value])
  }

  private mutating func joined(_ parts: [ValueID], axis: Int) throws(Diagnostic) -> ValueID {
    parts.count == 1 ? parts[0] : try rewriter.add(.concat(Concat(axis: axis)), parts)
  }

  private mutating func sum(_ a: ValueID, _ number: Int) throws(Diagnostic) -> ValueID {
    if number == 0 { return a }
    return try rewriter.add(.binary(Binary(.add)), [a, try rewriter.splat(Double(number), rewriter.type(a))])
  }

  private mutating func product(_ a: ValueID, _ number: Int) throws(Diagnostic) -> ValueID {
    try rewriter.add(.binary(Binary(.mul)), [a, try rewriter.splat(Double(number), rewriter.type(a))])
  }

  private mutating func counted(_ shape: [Int], axis: Int) throws(Diagnostic) -> ValueID {
    try rewriter.add(.iota(Iota(axis: axis, TensorType(.i32, shape))), [])
  }

  /// The table `[N, D]`: first rows and tokens of each record with their positions, then the filler with each position.
  private mutating func table(_ rows: FilledRows) throws(Diagnostic) -> ValueID {
    let own: ValueID
    if let joined = rows.joined {
      own = rewriter.value(for: joined)
    } else {
      let parts = (rows.first.map { [$0] } ?? []) + [rows.tokens]
      own = try joined(parts.map { rewriter.value(for: $0) }, axis: 1)
    }
    let fill = try reshaped(rewriter.value(for: rows.fill), [rows.width])
    guard let positions = rows.positions else {
      let flat = try reshaped(own, [rows.ownRows, rows.width])
      return try joined([flat, try reshaped(fill, [1, rows.width])], axis: 0)
    }
    let places = try reshaped(rewriter.value(for: positions), [rows.rows, rows.width])
    let chosen = try rewriter.add(.gather(Gather(batchDims: 0)), [places, try ownPlaces(rows)])
    let placed = try rewriter.add(.binary(Binary(.add)), [own, chosen])
    let behind =
      rows.firstRows == 0
      ? places
      : try rewriter.add(.slice(Slice(start: [rows.firstRows, 0], limit: [rows.rows, rows.width])), [places])
    let repeated = try rewriter.add(.broadcast(Broadcast(shape: [rows.places, rows.width], axes: [1])), [fill])
    let filler = try rewriter.add(.binary(Binary(.add)), [repeated, behind])
    return try joined([try reshaped(placed, [rows.ownRows, rows.width]), filler], axis: 0)
  }

  /// The place of each record's own row, `[B, first + visible]`.
  private mutating func ownPlaces(_ rows: FilledRows) throws(Diagnostic) -> ValueID {
    let order = rewriter.value(for: rows.order)
    let shown = try rewriter.add(.slice(Slice(start: [0, 0], limit: [rows.batch, rows.visible])), [order])
    let places = try sum(shown, rows.firstRows)
    if rows.firstRows == 0 { return places }
    return try joined([try counted([rows.batch, rows.firstRows], axis: 1), places], axis: 1)
  }

  /// The row of the table at each row of each record, `[B, first + places]`.
  private mutating func indices(_ rows: FilledRows) throws(Diagnostic) -> ValueID {
    let each = rows.firstRows + rows.visible
    let ranks = rewriter.value(for: rows.ranks)
    let shape = [rows.batch, rows.places]
    let bound = try rewriter.splat(Double(rows.visible), rewriter.type(ranks))
    let isShown = try rewriter.add(.compare(Compare(.lt)), [ranks, bound])
    let start = try product(try counted(shape, axis: 0), each)
    let shown = try rewriter.add(.binary(Binary(.add)), [start, try sum(ranks, rows.firstRows)])
    let hidden =
      rows.positions == nil
      ? try rewriter.splat(Double(rows.ownRows), TensorType(.i32, shape))
      : try sum(try counted(shape, axis: 1), rows.ownRows)
    let behind = try rewriter.add(.select(Select()), [isShown, shown, hidden])
    if rows.firstRows == 0 { return behind }
    let front = [rows.batch, rows.firstRows]
    let first = try rewriter.add(
      .binary(Binary(.add)), [try product(try counted(front, axis: 0), each), try counted(front, axis: 1)])
    return try joined([first, behind], axis: 1)
  }

  /// A node of the closure, on the rows of the table.
  private mutating func computed(
    _ node: Node, _ closure: RowwiseClosure, _ index: Int
  ) throws(Diagnostic) -> ValueID {
    let leading = closure.leading[index]!
    let count = closure.filled.tableRows
    let shape = [count] + graph.function.type(of: node.result).shape.dropFirst(leading)
    switch node.op {
    case .reshape: return try reshaped(tableForms[node.operands[0]]!, shape)
    case .reduce(var op):
      op.axes = op.axes.map { $0 - leading + 1 }
      return try rewriter.add(.reduce(op), [tableForms[node.operands[0]]!])
    case .broadcast(let op):
      let axes = [0] + op.axes.dropFirst(leading).map { $0 - leading + 1 }
      return try rewriter.add(.broadcast(Broadcast(shape: shape, axes: axes)), [tableForms[node.operands[0]]!])
    case .matmul:
      return try rewriter.add(node.op, [tableForms[node.operands[0]]!, rewriter.value(for: node.operands[1])])
    default:
      var operands: [ValueID] = []
      for operand in node.operands {
        let form = tableForms[operand]
        operands.append(form == nil ? try repeated(operand, shape, leading) : form!)
      }
      return try rewriter.add(node.op, operands)
    }
  }

  /// A value that is the same for every row, for as many rows as the table has.
  private mutating func repeated(_ value: ValueID, _ shape: [Int], _ leading: Int) throws(Diagnostic) -> ValueID {
    let node = graph.definition(value)!.node
    guard case .broadcast(let op) = node.op else {
      return try rewriter.splat(graph.splat(value)!, TensorType(graph.function.type(of: value).element, shape))
    }
    let operand = rewriter.value(for: node.operands[0])
    let kept = op.axes.indices.filter { op.axes[$0] >= leading }
    let vector = try reshaped(operand, kept.map { rewriter.type(operand).shape[$0] })
    let axes = kept.map { op.axes[$0] - leading + 1 }
    return try rewriter.add(.broadcast(Broadcast(shape: shape, axes: axes)), [vector])
  }
}
