import Support
import TensorIR

/// Reading values inside loops.
extension Lowering {
  /// The instruction that gives `value`, seen through `map`, inside a loop body; inlined producers are expanded.
  func emit(_ value: ValueID, _ map: [AxisMap], into builder: inout LoopBuilder) -> Int {
    let type = function.type(of: value)
    if let local = builder.locals[value], local.map == map { return local.instruction }
    switch places[value.index] {
    case .view(let view)?: return builder.load(view, map)
    case .splat(let constant)?: return builder.add(.constant(constant, type.element))
    case .iota(let axis)?:
      var unit = [Int](repeating: 0, count: type.rank)
      unit[axis] = 1
      let (strides, offset) = builder.project(unit, map)
      return builder.add(.index(strides: strides, offset: offset, type.element))
    // Without a place it is a member of the loop that is being built, or a view of one.
    case .inlined?, nil: break
    }
    // Computed once for each place it is read at: two readers of two readers would make four.
    let site = LoopBuilder.Site(value: value, map: map)
    if let known = builder.inlined[site] { return known }
    let result = expand(value, map, into: &builder)
    builder.inlined[site] = result
    return result
  }

  /// The instruction that computes a value from its operands.
  private func expand(_ value: ValueID, _ map: [AxisMap], into builder: inout LoopBuilder) -> Int {
    let type = function.type(of: value)
    let node = function.nodes[definitions[value.index]!]
    func operand(_ i: Int, _ builder: inout LoopBuilder) -> Int { emit(node.operands[i], map, into: &builder) }
    if !node.op.traits.isView && !builder.mnemonics.contains(node.op.mnemonic) {
      builder.mnemonics.append(node.op.mnemonic)
    }
    switch node.op {
    case .unary(let op): return builder.add(.unary(op.kind, operand(0, &builder)))
    case .binary(let op):
      let a = operand(0, &builder)
      return builder.add(.binary(op.kind, a, operand(1, &builder)))
    case .compare(let op):
      let a = operand(0, &builder)
      return builder.add(.compare(op.kind, a, operand(1, &builder)))
    case .select:
      let condition = operand(0, &builder)
      let a = operand(1, &builder)
      return builder.add(.select(condition, a, operand(2, &builder)))
    case .convert(let op): return builder.add(.convert(operand(0, &builder), op.element))
    case .stopGradient: return operand(0, &builder)
    case .dropout(let op):
      let a = operand(0, &builder)
      let seed = emit(node.operands[1], [], into: &builder)
      return builder.add(.dropout(value: a, seed: seed, op, strides: builder.project(type.strides, map).strides))
    case .gather(let op): return emitGather(op, node, map, into: &builder)
    case .transpose(let op):
      var inner = map
      for (i, axis) in op.permutation.enumerated() { inner[axis] = map[i] }
      return emit(node.operands[0], inner, into: &builder)
    case .slice(let op):
      let inner = map.enumerated().map { axis, m in m.scaled(by: op.step[axis], offset: op.start[axis]) }
      return emit(node.operands[0], inner, into: &builder)
    case .broadcast(let op):
      let shape = function.type(of: node.operands[0]).shape
      let inner = op.axes.enumerated().map { i, axis in
        shape[i] == 1 && op.shape[axis] != 1 ? .fixed : map[axis]
      }
      return emit(node.operands[0], inner, into: &builder)
    case .reshape:
      let shape = function.type(of: node.operands[0]).shape
      let inner = AxisMap.throughReshape(map, from: shape, to: type.shape, domain: builder.domain)!
      return emit(node.operands[0], inner, into: &builder)
    case .constant, .iota, .concat, .pad, .reduce, .matmul, .scatterAdd, .argsort, .argmax, .softmax, .logSumExp,
      .attention, .attentionGradient, .layerNorm, .layerNormGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      preconditionFailure("\(node.op.mnemonic) is read inside a loop before it is lowered")
    }
  }

  private func emitGather(_ op: Gather, _ node: Node, _ map: [AxisMap], into builder: inout LoopBuilder) -> Int {
    let indexRank = function.type(of: node.operands[1]).rank
    guard case .view(let data)? = places[node.operands[0].index],
      case .view(let indices)? = places[node.operands[1].index]
    else { preconditionFailure("gather reads memory") }
    let dataMap = Array(map[0..<op.batchDims]) + [.fixed] + Array(map[indexRank...])
    return builder.load(data, dataMap, axis: op.batchDims, indices: indices, Array(map[0..<indexRank]))
  }

  /// Ends a loop and records its call.
  mutating func call(_ builder: LoopBuilder, reducing axes: [Int]) {
    let kernel = builder.finish(reducing: axes)
    var bytes = 0.0
    var operands = builder.operands
    let extents = kernel.outer + kernel.sequential + [kernel.inner]
    for access in kernel.accesses {
      var reach = zip(extents, access.strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
      if let indirect = access.indirect { reach += (indirect.limit - 1) * indirect.stride }
      let size = (reach + 1) * access.element.byteSize
      operands[access.argument].extent = max(operands[access.argument].extent ?? 0, size)
      bytes += zip(extents, access.strides).reduce(Double(access.element.byteSize)) {
        $1.1 == 0 ? $0 : $0 * Double($1.0)
      }
    }
    call(.loop(kernel), operands, builder.mnemonics, flops: 0, bytes: bytes)
  }
}
