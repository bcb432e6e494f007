import Support
import TensorIR

/// Builds the function in which products are cut by columns.
struct ColumnRewriter {
  private let split: ColumnSplit
  private var rewriter: Rewriter
  /// For source values that are cut: their pieces as new values.
  private var pieces: [ValueID: [(columns: Range<Int>, value: ValueID)]] = [:]
  /// Source products that are made when the first slice of them is met.
  private var products: [ValueID: ColumnSplit.Candidate] = [:]

  init(_ split: ColumnSplit) {
    self.split = split
    rewriter = Rewriter(split.function)
  }

  mutating func rewrite(_ candidates: [ColumnSplit.Candidate]) throws(Diagnostic) -> Function {
    var parts: [ValueID: ColumnSplit.Candidate] = [:]
    for candidate in candidates {
      switch candidate.kind {
      case .product: products[candidate.value] = candidate
      case .parts: parts[candidate.value] = candidate
      }
    }
    for node in split.function.nodes {
      rewriter.provenance = node.provenance
      if let candidate = parts[node.result] {
        try cut(node, candidate)
      } else if let first = node.operands.first, let value = try rebuilt(node, first) {
        rewriter.replace(node, with: [value])
        continue
      }
      rewriter.copy(node)
    }
    // The uncut values, which nothing reads now.
    var context = PassContext()
    return try Pass.dce.run(rewriter.finish(), &context)
  }

  /// A reader of a cut value; nil if it is none.
  private mutating func rebuilt(_ node: Node, _ operand: ValueID) throws(Diagnostic) -> ValueID? {
    if let product = products[operand], let columns = split.columns(node) {
      if pieces[operand] == nil {
        var list: [(columns: Range<Int>, value: ValueID)] = []
        for piece in product.pieces { list.append((piece, try sliced(operand, piece))) }
        pieces[operand] = list
      }
      guard let piece = pieces[operand]!.first(where: { $0.columns.contains(columns.lowerBound) }) else { return nil }
      let start = piece.columns.lowerBound
      return try slice(piece.value, columns.lowerBound - start..<columns.upperBound - start)
    }
    guard products[operand] == nil, let list = pieces[operand] else { return nil }
    return try distributed(node, list)
  }

  // MARK: Slices rise

  /// Some columns of a source value, computed on their own.
  private mutating func sliced(_ value: ValueID, _ columns: Range<Int>) throws(Diagnostic) -> ValueID {
    guard let node = split.graph.definition(value)?.node else { return try slice(rewriter.value(for: value), columns) }
    let shape = split.shape(value)
    let outside = rewriter.provenance
    rewriter.provenance = node.provenance
    defer { rewriter.provenance = outside }
    switch node.op {
    case .reshape where split.shape(node.operands[0]).last == shape.last:
      let inner = try sliced(node.operands[0], columns)
      return try rewriter.add(.reshape(Reshape(shape.dropLast() + [columns.count])), [inner])
    case .binary, .convert:
      var operands: [ValueID] = []
      for operand in node.operands { operands.append(try sliced(operand, columns)) }
      return try rewriter.add(node.op, operands)
    case .broadcast(let op):
      var operand = rewriter.value(for: node.operands[0])
      if let axis = op.axes.last, axis == shape.count - 1, split.shape(node.operands[0]).last == shape.last {
        operand = try slice(operand, columns)
      }
      return try rewriter.add(
        .broadcast(Broadcast(shape: shape.dropLast() + [columns.count], axes: op.axes)), [operand])
    case .matmul(let op):
      let (a, b) = (rewriter.value(for: node.operands[0]), rewriter.value(for: node.operands[1]))
      let axis = op.transposeB ? shape.count - 2 : shape.count - 1
      return try rewriter.add(node.op, [a, try slice(b, columns, axis: axis)])
    default: return try slice(rewriter.value(for: value), columns)
    }
  }

  /// Columns of a new value, or a run of another of its axes.
  private mutating func slice(_ value: ValueID, _ run: Range<Int>, axis: Int? = nil) throws(Diagnostic) -> ValueID {
    var op = Slice(start: rewriter.type(value).shape.map { _ in 0 }, limit: rewriter.type(value).shape)
    let axis = axis ?? op.start.count - 1
    if run == 0..<op.limit[axis] { return value }
    (op.start[axis], op.limit[axis]) = (run.lowerBound, run.upperBound)
    return try rewriter.add(.slice(op), [value])
  }

  // MARK: Concatenations sink

  /// The pieces of a concatenation, from its operands.
  private mutating func cut(_ node: Node, _ candidate: ColumnSplit.Candidate) throws(Diagnostic) {
    guard case .concat(let op) = node.op else { return }
    var list: [(columns: Range<Int>, value: ValueID)] = []
    var operands = node.operands[...]
    for piece in candidate.pieces {
      var size = 0
      var members: [ValueID] = []
      while size < piece.count, let operand = operands.popFirst() {
        members.append(rewriter.value(for: operand))
        size += split.shape(operand)[op.axis]
      }
      list.append((piece, members.count == 1 ? members[0] : try rewriter.add(.concat(op), members)))
    }
    pieces[node.result] = list
  }

  /// A reader of a concatenation, from the pieces.
  private mutating func distributed(
    _ node: Node, _ list: [(columns: Range<Int>, value: ValueID)]
  ) throws(Diagnostic) -> ValueID? {
    let rank = split.shape(node.operands[0]).count
    var made: [ValueID] = []
    switch node.op {
    case .reshape, .convert:
      var cut: [(columns: Range<Int>, value: ValueID)] = []
      for (columns, value) in list { cut.append((columns, try rewriter.add(narrowed(node, columns.count), [value]))) }
      pieces[node.result] = cut
      return nil
    case .reduce(let op):
      for (_, value) in list { made.append(try rewriter.add(node.op, [value])) }
      return try rewriter.add(.concat(Concat(axis: rank - 1 - op.axes.count)), made)
    case .matmul(let op):
      let other = rewriter.value(for: node.operands[1])
      if op.transposeA {
        for (_, value) in list { made.append(try rewriter.add(node.op, [value, other])) }
        return try rewriter.add(.concat(Concat(axis: rank - 2)), made)
      }
      for (columns, value) in list {
        let factor = try slice(other, columns, axis: op.transposeB ? rank - 1 : rank - 2)
        made.append(try rewriter.add(node.op, [value, factor]))
      }
      var sum = made[0]
      for term in made.dropFirst() { sum = try rewriter.add(.binary(Binary(.add)), [sum, term]) }
      return sum
    default: return nil
    }
  }

  /// A view or conversion of fewer columns.
  private func narrowed(_ node: Node, _ columns: Int) -> Op {
    guard case .reshape(let op) = node.op else { return node.op }
    return .reshape(Reshape(op.shape.dropLast() + [columns]))
  }
}
