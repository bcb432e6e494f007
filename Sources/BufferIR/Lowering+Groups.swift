import TensorIR

/// Groups of nodes as one loop.
extension Lowering {
  /// One kernel for all members; what others read is stored, and totals are added up from their parts.
  mutating func lower(_ group: LoopGroup) {
    var (builder, stored, parts) = build(group)
    let conflicts = updatesTooEarly(builder.finish(reducing: group.reduced), builder.operands)
    if !conflicts.isEmpty {
      for (value, view) in stored where conflicts.contains(view.buffer) {
        outputOf[value.index] = nil
        destinations[value.index] = nil
      }
      (builder, stored, parts) = build(group)
    }
    provenance = commonProvenance(group)
    call(builder, reducing: group.reduced)
    for (value, view) in stored { places[value.index] = .view(view) }
    for node in group.members {
      let value = function.nodes[node].result
      guard let part = parts[value], case .reduce(let op) = function.nodes[node].op else { continue }
      provenance = function.nodes[node].provenance
      let view = destination(value)
      places[value.index] = .view(view)
      var second = LoopBuilder(domain: part.shape)
      let term = second.load(part, second.identity)
      second.mnemonics = ["reduce_\(op.kind.rawValue)"]
      second.store(second.add(.reduce(op.kind, term)), to: view, view.shape.map { _ in .fixed })
      call(second, reducing: Array(part.shape.indices))
    }
  }

  private mutating func build(_ group: LoopGroup) -> (LoopBuilder, stored: [ValueID: View], parts: [ValueID: View]) {
    var builder = LoopBuilder(domain: group.domain)
    var stored: [ValueID: View] = [:]
    var parts: [ValueID: View] = [:]
    for node in group.members {
      let value = function.nodes[node].result
      let map = group.maps[value]!
      provenance = function.nodes[node].provenance
      let instruction = emitMember(function.nodes[node], map, group, into: &builder)
      if group.split.contains(value) {
        let part = temporary(TensorType(function.type(of: value).element, group.kept.map { group.domain[$0] }))
        parts[value] = part
        builder.store(instruction, to: part, group.kept.map { builder.identity[$0] })
        continue
      }
      if group.accumulated.contains(value), case .reduce(let op) = function.nodes[node].op {
        let view = destination(value)
        stored[value] = view
        builder.store(instruction, to: view, map, accumulating: op.kind)
        continue
      }
      builder.locals[value] = .init(map: map, instruction: instruction)
      if escapes[value.index] {
        let view = destination(value)
        stored[value] = view
        builder.store(instruction, to: view, map)
      }
    }
    return (builder, stored, parts)
  }

  private func emitMember(_ node: Node, _ map: [AxisMap], _ group: LoopGroup, into builder: inout LoopBuilder) -> Int {
    func operand(_ builder: inout LoopBuilder) -> Int {
      let shape = function.type(of: node.operands[0]).shape
      let map = AxisMap.covering(shape, dims: Array(group.domain.indices), domain: group.domain)!
      return emit(node.operands[0], map, into: &builder)
    }
    switch node.op {
    case .reduce(let op):
      let x = operand(&builder)
      builder.mnemonics.append("reduce_\(op.kind.rawValue)")
      return group.accumulated.contains(node.result) ? x : builder.add(.reduce(op.kind, x))
    case .softmax:
      let x = operand(&builder)
      return emitSoftmax(x, into: &builder)
    case .logSumExp:
      let x = operand(&builder)
      return emitLogSumExp(x, function.type(of: node.operands[0]).element, into: &builder)
    default: return emit(node.result, map, into: &builder)
    }
  }

  /// The layer that most members belong to.
  private func commonProvenance(_ group: LoopGroup) -> Provenance {
    var counts: [String: Int] = [:]
    for node in group.members { counts[function.nodes[node].provenance.layer, default: 0] += 1 }
    let most = counts.values.max()!
    return function.nodes[group.members.first { counts[function.nodes[$0].provenance.layer] == most }!].provenance
  }

  /// Outputs that share an argument's memory but would be written before the loop has read all it needs of the argument.
  func updatesTooEarly(_ loop: LoopKernel, _ operands: [Call.Operand]) -> [BufferID] {
    var result: [BufferID] = []
    let sweeps = LoopSweeps(loop)
    for case .store(let store, _) in loop.body {
      let written = loop.accesses[store]
      let target = operands[written.argument]
      guard case .output(let output) = program.buffers[target.buffer.index].storage,
        let alias = program.outputs[output].alias
      else { continue }
      let isSafe = loop.accesses.indices.allSatisfy { access in
        let read = loop.accesses[access]
        let indirect = read.indirect.map { operands[$0.argument].buffer.index == alias } ?? false
        if indirect { return false }
        if operands[read.argument].buffer.index != alias || operands[read.argument].isWritten { return true }
        return read.strides == written.strides && read.indirect == nil
          && operands[read.argument].byteOffset == target.byteOffset
          && sweeps.lastRead(of: access) <= sweeps.sweep(ofStoreTo: store)
      }
      if !isSafe { result.append(target.buffer) }
    }
    return result
  }
}
