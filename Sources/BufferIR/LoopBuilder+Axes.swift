import TensorIR

/// Orders and merges the domain's axes: from a body over a domain to a loop kernel.
extension LoopBuilder {
  /// Everything in the body that has one stride per domain axis.
  private func allStrides() -> [[Int]] {
    var all: [[Int]] = []
    for access in kernel.accesses {
      all.append(access.strides)
      if let indirect = access.indirect { all.append(indirect.strides) }
    }
    for instruction in kernel.body {
      switch instruction {
      case .index(let strides, _, _), .dropout(_, _, _, let strides): all.append(strides)
      case .load, .constant, .unary, .binary, .compare, .select, .convert, .reduce, .store: break
      }
    }
    return all
  }

  /// The finished kernel, where `reduced` are the domain axes that reductions reduce.
  func finish(reducing reduced: [Int]) -> LoopKernel {
    var axes = domain.indices.filter { domain[$0] > 1 }.map {
      Axis(dims: [$0], extent: domain[$0], reduced: reduced.contains($0))
    }
    let strides = allStrides()
    // Neighbours merge when every stride chains across them.
    var i = 0
    while i + 1 < axes.count {
      let (a, b) = (axes[i], axes[i + 1])
      let chains = strides.allSatisfy { $0[a.dims.last!] == $0[b.dims.last!] * b.extent }
      if a.reduced == b.reduced && chains {
        axes[i] = Axis(dims: a.dims + b.dims, extent: a.extent * b.extent, reduced: a.reduced)
        axes.remove(at: i + 1)
      } else {
        i += 1
      }
    }
    let inner = innerAxis(axes)
    var result = kernel
    result.outer = axes.indices.filter { $0 != inner && !axes[$0].reduced }.map { axes[$0].extent }
    result.sequential = axes.indices.filter { $0 != inner && axes[$0].reduced }.map { axes[$0].extent }
    result.inner = inner.map { axes[$0].extent } ?? 1
    result.innerReduced = inner.map { axes[$0].reduced } ?? false
    let order =
      axes.indices.filter { $0 != inner && !axes[$0].reduced } + axes.indices.filter { $0 != inner && axes[$0].reduced }
      + (inner.map { [$0] } ?? [])
    func arranged(_ strides: [Int]) -> [Int] {
      let list = order.map { strides[axes[$0].dims.last!] }
      return inner == nil ? list + [0] : list
    }
    for i in result.accesses.indices {
      result.accesses[i].strides = arranged(result.accesses[i].strides)
      if let indirect = result.accesses[i].indirect {
        result.accesses[i].indirect!.strides = arranged(indirect.strides)
      }
    }
    result.body = result.body.map { instruction in
      switch instruction {
      case .index(let strides, let offset, let element): .index(strides: arranged(strides), offset: offset, element)
      case .dropout(let value, let seed, let op, let strides):
        .dropout(value: value, seed: seed, op, strides: arranged(strides))
      case .load, .constant, .unary, .binary, .compare, .select, .convert, .reduce, .store: instruction
      }
    }
    return result
  }

  private struct Axis {
    var dims: [Int]
    var extent: Int
    var reduced: Bool
  }

  /// Whether a reduction depends on another, or what is stored varies along a reduced axis: the row is swept several times.
  private func needsRows(_ axes: [Axis]) -> Bool {
    var depth = [Int](repeating: 0, count: kernel.body.count)
    let reduced = axes.filter(\.reduced).flatMap(\.dims)
    for (index, instruction) in kernel.body.enumerated() {
      depth[index] = instruction.operands.map { depth[$0] }.max() ?? 0
      if case .reduce = instruction { depth[index] += 1 }
      if depth[index] > 1 { return true }
      if case .store(let access, _) = instruction, reduced.contains(where: { kernel.accesses[access].strides[$0] != 0 })
      {
        return true
      }
    }
    return false
  }

  /// The axis to vectorise: the one along which most accesses have stride 1, the last of equals. A body with dropout takes
  /// the axis of consecutive elements, one with chained reductions the reduced axis.
  private func innerAxis(_ axes: [Axis]) -> Int? {
    if axes.isEmpty { return nil }
    if needsRows(axes), let reduced = axes.lastIndex(where: { $0.reduced }) { return reduced }
    var best = axes.count - 1
    var bestScore = -1.0
    for (i, axis) in axes.enumerated() {
      var score = 0.0
      for instruction in kernel.body {
        switch instruction {
        case .load(let access):
          let stride = kernel.accesses[access].strides[axis.dims.last!]
          score += stride == 1 ? 1 : stride == 0 ? 0.25 : 0
        case .store(let access, _): score += kernel.accesses[access].strides[axis.dims.last!] == 1 ? 2 : 0
        case .dropout(_, _, _, let strides): score += strides[axis.dims.last!] == 1 ? 1000 : 0
        case .constant, .index, .unary, .binary, .compare, .select, .convert, .reduce: break
        }
      }
      if axis.extent < 8 { score *= Double(axis.extent) / 8 }
      if score >= bestScore { (best, bestScore) = (i, score) }
    }
    return best
  }
}
