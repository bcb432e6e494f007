import TensorIR

/// Matches the attention around one softmax, forward and, if it is there, backward.
struct AttentionMatcher {
  struct Failure: Error { var reason: String }

  let graph: GraphIndex
  let softmax: Int
  private var function: Function { graph.function }

  init(_ graph: GraphIndex, softmax: Int) {
    self.graph = graph
    self.softmax = softmax
  }

  func match() -> Result<AttentionMatch, Failure> {
    do { return .success(try find()) } catch { return .failure(error) }
  }

  /// What the scores are made of.
  private struct Scores {
    var q: ValueID
    var k: ValueID
    var bias: ValueID?
    var scale = 1.0
  }

  private func find() throws(Failure) -> AttentionMatch {
    let p = function.nodes[softmax].result
    if graph.isKept(p) { throw Failure(reason: "the probabilities are a result") }
    let scores = try scores(function.nodes[softmax].operands[0])
    let drop = try dropout(p)
    let used = drop.map { function.nodes[$0].result } ?? p
    if graph.isKept(used) { throw Failure(reason: "the probabilities after dropout are a result") }
    var output: (index: Int, v: ValueID)?
    for reader in graph.readers(used) {
      let node = function.nodes[reader]
      if case .matmul(let op) = node.op, !op.transposeA, !op.transposeB, node.operands[0] == used,
        node.operands[1] != used
      {
        if output != nil { throw Failure(reason: "the probabilities multiply two tensors") }
        output = (reader, node.operands[1])
      }
    }
    guard let output else { throw Failure(reason: "no product of the probabilities with values follows") }
    let elements = Set([scores.q, scores.k, output.v].map { function.type(of: $0).element })
    guard elements == [.f32] || elements == [.f64] else {
      throw Failure(
        reason: "q, k and v are \(elements.map(\.rawValue).sorted().joined(separator: ", ")), not all f32 or f64")
    }
    let narrow = elements == [.f32] && [scores.q, scores.k, output.v].allSatisfy(graph.isRounded)
    var op = Attention(scale: scores.scale, hasBias: scores.bias != nil, dropout: nil, narrow: narrow)
    var inputs = [scores.q, scores.k, output.v] + (scores.bias.map { [$0] } ?? [])
    if let drop, case .dropout(let dropout) = function.nodes[drop].op {
      op.dropout = dropout
      inputs.append(function.nodes[drop].operands[1])
    }
    var match = AttentionMatch(op: op, inputs: inputs, output: output.index, backward: nil)
    // Every other reader must belong to the backward.
    let forward = [drop, output.index].compactMap { $0 }
    let others = Set(graph.readers(p) + graph.readers(used)).subtracting(forward).sorted()
    if others.isEmpty { return match }
    let (backward, covered) = try backward(
      p, used, scores, output.v, op, seed: drop.map { function.nodes[$0].operands[1] })
    if backward.first <= output.index { throw Failure(reason: "the backward begins before the output is there") }
    if let stranger = others.first(where: { !covered.contains($0) }) {
      throw Failure(reason: "the probabilities are also read by \(function.nodes[stranger].op.mnemonic)")
    }
    match.backward = backward
    return match
  }

  private func scores(_ value: ValueID) throws(Failure) -> Scores {
    guard var node = graph.definition(value)?.node else { throw Failure(reason: "the scores are an argument") }
    var bias: ValueID?
    if case .binary(let op) = node.op, op.kind == .add {
      let sides = [(node.operands[0], node.operands[1]), (node.operands[1], node.operands[0])]
      guard let (product, other) = sides.first(where: { isScaledProduct($0.0) }) else {
        throw Failure(reason: "the scores are a sum without a product")
      }
      bias = other
      node = graph.definition(product)!.node
    }
    var scale = 1.0
    if case .binary(let op) = node.op, op.kind == .mul, let (x, factor) = scaled(node) {
      scale = factor
      guard let inner = graph.definition(x)?.node else { throw Failure(reason: "the scores are not a product") }
      node = inner
    }
    guard case .matmul(let op) = node.op, op.transposeB, !op.transposeA else {
      throw Failure(reason: "the scores are not a product q·kᵀ")
    }
    return Scores(q: node.operands[0], k: node.operands[1], bias: bias, scale: scale)
  }

  private func isScaledProduct(_ value: ValueID) -> Bool {
    guard let node = graph.definition(value)?.node else { return false }
    if case .matmul(let op) = node.op { return op.transposeB && !op.transposeA }
    if let (x, _) = scaled(node), case .matmul(let op)? = graph.definition(x)?.node.op {
      return op.transposeB && !op.transposeA
    }
    return false
  }

  /// x·constant, in either order.
  private func scaled(_ node: Node) -> (ValueID, Double)? {
    guard case .binary(let op) = node.op, op.kind == .mul else { return nil }
    if let factor = graph.splat(node.operands[1]) { return (node.operands[0], factor) }
    if let factor = graph.splat(node.operands[0]) { return (node.operands[1], factor) }
    return nil
  }

  /// The dropout of the probabilities, if there is one.
  private func dropout(_ p: ValueID) throws(Failure) -> Int? {
    let drops = graph.readers(p).filter {
      if case .dropout = function.nodes[$0].op { function.nodes[$0].operands[0] == p } else { false }
    }
    if drops.count > 1 { throw Failure(reason: "softmax has two dropouts") }
    return drops.first
  }

  /// dP = dropout(dO·vᵀ); dS = scale·P∘(dP − Σ dP∘P); dq = dS·k; dk = dSᵀ·q; dv = Pᵀ·dO.
  private func backward(
    _ p: ValueID, _ used: ValueID, _ scores: Scores, _ v: ValueID, _ op: Attention, seed: ValueID?
  ) throws(Failure) -> (AttentionMatch.Backward, covered: Set<Int>) {
    func fail(_ reason: String) -> Failure { Failure(reason: "the backward is not an attention's: \(reason)") }
    guard let dv = graph.readers(used).first(where: { isProduct($0, used, transposeA: true) }) else {
      throw fail("no dv")
    }
    let adjoint = function.nodes[dv].operands[1]
    guard
      let raw = graph.readers(adjoint).first(where: {
        if case .matmul(let op) = function.nodes[$0].op {
          op.transposeB && !op.transposeA && function.nodes[$0].operands == [adjoint, v]
        } else {
          false
        }
      })
    else { throw fail("no product of the adjoint with v") }
    var dp = function.nodes[raw].result
    var covered: Set<Int> = [dv, raw]
    if let dropout = op.dropout {
      guard
        let drop = graph.readers(dp).first(where: {
          if case .dropout(let other) = function.nodes[$0].op {
            other == dropout && function.nodes[$0].operands == [dp, seed]
          } else {
            false
          }
        })
      else { throw fail("no dropout of the adjoint") }
      covered.insert(drop)
      dp = function.nodes[drop].result
    }
    // Σ dP∘P, repeated along the row, taken from dP, times P.
    guard let product = reader(of: dp, .mul, with: p), let sum = rowSum(function.nodes[product].result),
      let centred = graph.readers(dp).first(where: { index in
        graph.binary(.sub, function.nodes[index].result).map { $0.0 == dp && isRowBroadcast($0.1, of: sum) } ?? false
      }), let weighted = reader(of: function.nodes[centred].result, .mul, with: p)
    else { throw fail("no softmax adjoint") }
    covered.formUnion([product, weighted])
    var ds = function.nodes[weighted].result
    if scores.scale != 1 {
      guard
        let scaling = graph.readers(ds).first(where: {
          scaled(function.nodes[$0]).map { $0.1 == scores.scale } ?? false
        }),
        graph.readers(ds).count == 1
      else { throw fail("the scores' adjoint is not scaled") }
      ds = function.nodes[scaling].result
    }
    let readers = graph.readers(ds)
    guard readers.count == 2, !graph.isKept(ds),
      let dq = readers.first(where: {
        isProduct($0, ds, transposeA: false) && function.nodes[$0].operands[1] == scores.k
      }),
      let dk = readers.first(where: {
        isProduct($0, ds, transposeA: true) && function.nodes[$0].operands[1] == scores.q
      })
    else { throw fail("the scores' adjoint has \(readers.count) readers") }
    return (.init(adjoint: adjoint, first: min(raw, dv), q: dq, k: dk, v: dv), covered)
  }

  private func isProduct(_ index: Int, _ first: ValueID, transposeA: Bool) -> Bool {
    guard case .matmul(let op) = function.nodes[index].op else { return false }
    return op.transposeA == transposeA && !op.transposeB && function.nodes[index].operands[0] == first
  }

  private func reader(of value: ValueID, _ kind: Binary.Kind, with other: ValueID) -> Int? {
    graph.readers(value).first { index in
      guard let (a, b) = graph.binary(kind, function.nodes[index].result) else { return false }
      return (a == value && b == other) || (a == other && b == value)
    }
  }

  /// The value that sums `value` over its last axis.
  private func rowSum(_ value: ValueID) -> ValueID? {
    for index in graph.readers(value) {
      if case .reduce(let op) = function.nodes[index].op, op.kind == .sum,
        op.axes == [function.type(of: value).rank - 1]
      {
        return function.nodes[index].result
      }
    }
    return nil
  }

  private func isRowBroadcast(_ value: ValueID, of sum: ValueID) -> Bool {
    guard let node = graph.definition(value)?.node, case .broadcast(let op) = node.op else { return false }
    return node.operands[0] == sum && op.axes == Array(0..<(op.shape.count - 1))
  }
}
