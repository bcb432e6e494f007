import TensorIR

/// The adjoints of a layer norm as differentiation leaves them. With c = x − mean, g = dy·γ:
/// dc = g·rstd + 2·c·q, where q = Σ(g·c)·(−½·rstd³)/n, and x receives dc and −mean(dc).
extension LayerNormMatcher {
  func backward(
    _ forward: Forward, _ wides: [Int], after output: Int
  ) throws(Failure) -> (LayerNormMatch.Backward, covered: Set<Int>) {
    func fail(_ reason: String) -> Failure { Failure(reason: "the backward is not a layer norm's: \(reason)") }
    let users = wides.flatMap { graph.readers(function.nodes[$0].result) }.filter { !forward.nodes.contains($0) }
    guard users.count == 1, let (left, right) = graph.binary(.mul, function.nodes[users[0]].result) else {
      throw fail("\(users.count) adjoints are multiplied with rstd")
    }
    let direct = function.nodes[users[0]].result
    let g = rows(left) == forward.rstd ? right : left
    guard let (a, b) = graph.binary(.mul, g),
      let adjoint = affine(b) == forward.scale ? a : affine(a) == forward.scale ? b : nil
    else { throw fail("the adjoint is not scaled") }
    var covered: Set<Int> = [users[0]]
    // Σ g·c, and what c is multiplied with because of it.
    guard let product = graph.readers(forward.centred).first(where: { multiplies($0, forward.centred) { $0 == g } }),
      let sum = graph.readers(function.nodes[product].result).first(where: {
        rowSum(function.nodes[$0].result) == function.nodes[product].result
      }),
      let curved = graph.readers(forward.centred).first(where: {
        !forward.nodes.contains($0) && multiplies($0, forward.centred) { rows($0) != nil }
      }),
      let (c, wide) = graph.binary(.mul, function.nodes[curved].result),
      let q = rows(c == forward.centred ? wide : c)
    else { throw fail("no adjoint of the variance") }
    covered.formUnion([product, curved])
    let factors = factors(q, [function.nodes[sum].result, forward.rstd], &covered)
    guard let factors, factors.counts == [1, 3] else { throw fail("the variance's adjoint is not −½·rstd³·Σ g·c") }
    let centred = combination(
      direct, function.nodes[curved].result, weight: -1 / (forward.width * factors.constant))
    guard let centred else { throw fail("the adjoint of the centred rows is another sum") }
    guard let (mean, chain) = negativeMean(of: centred, forward.width) else { throw fail("no adjoint of the mean") }
    guard let (total, rest) = climb(from: centred, to: mean) else { throw fail("the adjoint of the mean is elsewhere") }
    // The adjoint of x takes the place of dc: nobody else may read dc, nor what is made of it.
    let between = chain.dropLast().map { function.nodes[$0].result }
    guard !graph.isKept(centred), graph.readers(centred).count == 2, graph.readers(mean) == [total],
      !graph.isKept(mean),
      between.allSatisfy({ !graph.isKept($0) && graph.readers($0).count == 1 })
    else { throw fail("the adjoint of the centred rows is read by others") }
    let (scales, products) = scales(forward, adjoint)
    covered.formUnion(products)
    let part = LayerNormMatch.Backward(
      adjoint: source(adjoint), dx: graph.definition(centred)!.index, sum: total, rest: rest, scales: scales,
      shifts: columnSums(adjoint))
    let before = graph.definition(part.adjoint)?.index ?? -1
    guard part.first > max(before, output) else { throw fail("it stands before what it needs") }
    return (part, covered)
  }

  /// The product a value is, as powers of some values and a constant; nil if it has other factors.
  private func factors(
    _ value: ValueID, _ bases: [ValueID], _ covered: inout Set<Int>
  ) -> (counts: [Int], constant: Double)? {
    if let base = bases.firstIndex(of: value) { return (bases.indices.map { $0 == base ? 1 : 0 }, 1) }
    if let constant = graph.splat(value) { return (bases.map { _ in 0 }, constant) }
    guard let (index, node) = graph.definition(value) else { return nil }
    if case .unary(let op) = node.op, op.kind == .neg {
      return factors(node.operands[0], bases, &covered).map { ($0.counts, -$0.constant) }
    }
    guard case .binary(let op) = node.op, op.kind == .mul, let a = factors(node.operands[0], bases, &covered),
      let b = factors(node.operands[1], bases, &covered)
    else { return nil }
    covered.insert(index)
    return (zip(a.counts, b.counts).map { $0 + $1 }, a.constant * b.constant)
  }

  /// The value that is a + weight·b, made by additions.
  private func combination(_ a: ValueID, _ b: ValueID, weight: Double) -> ValueID? {
    var value = a
    for _ in 0..<4 {
      let next = graph.readers(value).compactMap { reader -> ValueID? in
        let result = function.nodes[reader].result
        return graph.binary(.add, result) != nil && terms(result, a, b) != nil ? result : nil
      }
      guard let sum = next.first else { return nil }
      if let terms = terms(sum, a, b), terms.a == 1, abs(terms.b / weight - 1) < 1e-6 { return sum }
      value = sum
    }
    return nil
  }

  /// A value as a multiple of a plus a multiple of b; nil if there is more in it.
  private func terms(_ value: ValueID, _ a: ValueID, _ b: ValueID) -> (a: Double, b: Double)? {
    if value == a { return (1, 0) }
    if value == b { return (0, 1) }
    if let (x, factor) = scaled(value) { return terms(x, a, b).map { ($0.a * factor, $0.b * factor) } }
    guard let (x, y) = graph.binary(.add, value), let p = terms(x, a, b), let q = terms(y, a, b) else { return nil }
    return (p.a + q.a, p.b + q.b)
  }

  /// The value that repeats −mean of a value's rows along them, and the nodes that lead to it.
  private func negativeMean(of value: ValueID, _ width: Double) -> (value: ValueID, chain: [Int])? {
    var (at, factor) = (value, 1.0)
    var chain: [Int] = []
    var summed = false
    for _ in 0..<6 {
      var next: ValueID?
      for reader in graph.readers(at) {
        let node = function.nodes[reader]
        if case .unary(let op) = node.op, op.kind == .neg {
          (next, factor) = (node.result, -factor)
        } else if !summed, rowSum(node.result) == at {
          (next, summed) = (node.result, true)
        } else if let (x, scale) = scaled(node.result), x == at, summed {
          (next, factor) = (node.result, factor * scale)
        } else if summed, rows(node.result) == at {
          return abs(factor * width + 1) < 1e-6 ? (node.result, chain + [reader]) : nil
        }
        if next != nil {
          chain.append(reader)
          break
        }
      }
      guard let next else { return nil }
      at = next
    }
    return nil
  }

  /// The addition of `mean` to a sum that holds `value`, and that sum; each sum between has no other reader.
  private func climb(from value: ValueID, to mean: ValueID) -> (node: Int, rest: ValueID)? {
    var at = value
    for _ in 0..<16 {
      let sums = graph.readers(at).filter { graph.binary(.add, function.nodes[$0].result) != nil }
      guard sums.count == 1, let (a, b) = graph.binary(.add, function.nodes[sums[0]].result), a != b,
        !graph.isKept(at), at == value || graph.readers(at).count == 1
      else { return nil }
      if a == mean || b == mean { return (sums[0], at) }
      at = function.nodes[sums[0]].result
    }
    return nil
  }

  /// The nodes that give Σ dy·n over the rows, and the products they sum.
  private func scales(_ forward: Forward, _ adjoint: ValueID) -> (sums: [Int], products: [Int]) {
    let products = graph.readers(forward.normal).filter { multiplies($0, forward.normal) { $0 == adjoint } }
    let sums = products.map { columnSums(function.nodes[$0].result) }
    // A product that something else reads is not covered.
    let whole = zip(products, sums).filter { graph.readers(function.nodes[$0].result).count == $1.count }
    return (whole.flatMap(\.1), whole.map(\.0))
  }

  /// What a reshape that keeps rows whole reads; else the value.
  private func source(_ value: ValueID) -> ValueID {
    guard let node = graph.definition(value)?.node, case .reshape = node.op,
      function.type(of: node.operands[0]).shape.last == function.type(of: value).shape.last
    else { return value }
    return node.operands[0]
  }

  /// The nodes that sum a value over all rows, before or after a reshape.
  private func columnSums(_ value: ValueID) -> [Int] {
    func sums(_ value: ValueID) -> [Int] {
      graph.readers(value).filter {
        guard case .reduce(let op) = function.nodes[$0].op else { return false }
        return op.kind == .sum && op.axes == Array(0..<(function.type(of: value).rank - 1))
      }
    }
    return Array(Set(sums(value) + sums(source(value)))).sorted()
  }
}
