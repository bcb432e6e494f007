import TensorIR

/// Matches the layer norm around one rsqrt, forward and, if it is there, backward.
struct LayerNormMatcher {
  struct Failure: Error { var reason: String }

  let graph: GraphIndex
  let deviation: Int
  var function: Function { graph.function }

  init(_ graph: GraphIndex, deviation: Int) {
    self.graph = graph
    self.deviation = deviation
  }

  func match() -> Result<LayerNormMatch, Failure> {
    do { return .success(try find()) } catch { return .failure(error) }
  }

  /// The values of the forward that the backward reads again.
  struct Forward {
    var x: ValueID
    var rstd: ValueID
    var centred: ValueID
    var normal: ValueID
    var scale: ValueID
    /// Nodes that belong to the forward.
    var nodes: Set<Int>
    var width: Double
  }

  private func find() throws(Failure) -> LayerNormMatch {
    let rstd = function.nodes[deviation].result
    let (variance, epsilon) = try variance(function.nodes[deviation].operands[0])
    guard let (squares, share) = scaled(variance), let square = rowSum(squares),
      let (centred, other) = graph.binary(.mul, square), centred == other,
      case let shape = function.type(of: centred).shape, isInverse(share, of: shape.last!)
    else { throw Failure(reason: "the variance is not a mean of squares along rows") }
    guard let (x, wide) = graph.binary(.sub, centred), let mean = rows(wide), let (sum, factor) = scaled(mean),
      rowSum(sum) == x, isInverse(factor, of: shape.last!)
    else { throw Failure(reason: "what is squared is not centred by its mean") }
    let normals = graph.readers(centred).filter { multiplies($0, centred) { rows($0) == rstd } }
    guard normals.count == 1 else { throw Failure(reason: "\(normals.count) products of the centred rows with rstd") }
    let normal = function.nodes[normals[0]].result
    let outputs = graph.readers(normal).compactMap { shifted($0, normal) }
    guard outputs.count == 1 else { throw Failure(reason: "\(outputs.count) scales and shifts follow") }
    let output = outputs[0]
    var match = LayerNormMatch(
      op: LayerNorm(epsilon: epsilon), inputs: [x, output.scale, output.shift], output: output.node, backward: nil)
    let forward = Forward(
      x: x, rstd: rstd, centred: centred, normal: normal, scale: output.scale,
      nodes: [graph.definition(square)!.index, normals[0], output.product], width: Double(shape.last!))
    for value in [centred, normal, rstd] where graph.isKept(value) {
      throw Failure(reason: "\(Printer.name(value, in: function)) is a result")
    }
    // Every other reader must belong to the backward.
    let wides = graph.readers(rstd).filter { rows(function.nodes[$0].result) == rstd }
    let reading = graph.readers(centred) + graph.readers(normal) + graph.readers(rstd).filter { !wides.contains($0) }
    let users = wides.flatMap { graph.readers(function.nodes[$0].result) }
    let others = Set(reading + users).subtracting(forward.nodes).sorted()
    if others.isEmpty { return match }
    if Set(users).isSubset(of: forward.nodes) {
      throw Failure(reason: "its rows are also read by \(function.nodes[others[0]].op.mnemonic)")
    }
    let (backward, covered) = try self.backward(forward, wides, after: output.node)
    if let stranger = others.first(where: { !covered.contains($0) }) {
      throw Failure(reason: "its rows are also read by \(function.nodes[stranger].op.mnemonic)")
    }
    match.backward = backward
    return match
  }

  private func variance(_ sum: ValueID) throws(Failure) -> (ValueID, epsilon: Double) {
    guard let (a, b) = graph.binary(.add, sum) else { throw Failure(reason: "rsqrt is not of a sum with ε") }
    if let epsilon = graph.splat(b) { return (a, epsilon) }
    if let epsilon = graph.splat(a) { return (b, epsilon) }
    throw Failure(reason: "rsqrt is not of a sum with ε")
  }

  /// normal·γ + β, where a node is the product.
  private func shifted(_ index: Int, _ normal: ValueID) -> (
    product: Int, node: Int, scale: ValueID, shift: ValueID
  )? {
    var scale: ValueID?
    guard
      multiplies(
        index, normal,
        where: {
          scale = affine($0)
          return scale != nil
        })
    else { return nil }
    let product = function.nodes[index].result
    guard !graph.isKept(product), graph.readers(product).count == 1,
      let sum = graph.readers(product).first, let (a, b) = graph.binary(.add, function.nodes[sum].result),
      let shift = affine(a == product ? b : a)
    else { return nil }
    return (index, sum, scale!, shift)
  }

  // MARK: Parts

  /// Whether a node multiplies `value` with something that fits.
  func multiplies(_ index: Int, _ value: ValueID, where fits: (ValueID) -> Bool) -> Bool {
    guard let (a, b) = graph.binary(.mul, function.nodes[index].result) else { return false }
    return (a == value && fits(b)) || (b == value && fits(a))
  }

  /// x·constant or x/constant, in either order.
  func scaled(_ value: ValueID) -> (ValueID, factor: Double)? {
    if let (a, b) = graph.binary(.mul, value) {
      if let factor = graph.splat(b) { return (a, factor) }
      if let factor = graph.splat(a) { return (b, factor) }
    }
    if let (a, b) = graph.binary(.div, value), let divisor = graph.splat(b) { return (a, 1 / divisor) }
    return nil
  }

  /// What a value repeats along rows: `[R…]` as `[R…,C]`.
  func rows(_ value: ValueID) -> ValueID? {
    guard let node = graph.definition(value)?.node, case .broadcast(let op) = node.op,
      op.axes == Array(0..<(op.shape.count - 1)),
      function.type(of: node.operands[0]).shape == Array(op.shape.dropLast())
    else { return nil }
    return node.operands[0]
  }

  /// What a value repeats for every row: `[C]` as `[R…,C]`.
  func affine(_ value: ValueID) -> ValueID? {
    guard let node = graph.definition(value)?.node, case .broadcast(let op) = node.op,
      op.axes == [op.shape.count - 1], function.type(of: node.operands[0]).shape == [op.shape.last!]
    else { return nil }
    return node.operands[0]
  }

  /// What a value sums over its last axis.
  func rowSum(_ value: ValueID) -> ValueID? {
    guard let node = graph.definition(value)?.node, case .reduce(let op) = node.op, op.kind == .sum,
      op.axes == [function.type(of: node.operands[0]).rank - 1]
    else { return nil }
    return node.operands[0]
  }

  /// Whether a factor is 1/n, up to the rounding of a float.
  func isInverse(_ factor: Double, of count: Int) -> Bool { abs(factor * Double(count) - 1) < 1e-6 }
}
