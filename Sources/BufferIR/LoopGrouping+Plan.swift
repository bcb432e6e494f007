import TensorIR

/// Whether nodes can share a loop, and how their values lie in it.
extension LoopGrouping {
  /// Limits that keep a body's vectors in registers and its streams few.
  private static let maximalMembers = 28
  private static let maximalStreams = 16
  private static let shortestRow = 8
  /// Sums over rows that accumulate are taken in so many parts at least, for the threads to share.
  private static let fewestParts = 8

  func plan(_ nodes: [Int], domain: [Int]) throws(LoopRefusal) -> LoopGroup {
    if nodes.count > Self.maximalMembers { throw .size }
    var group = LoopGroup(domain: domain, members: nodes)
    let count = domain.reduce(1, *)
    let extended = domain.indices.filter { domain[$0] > 1 }
    var operandMaps: [Int: [AxisMap]] = [:]
    var reductions: [(node: Int, dims: [Int])] = []
    var totals: [Int] = []
    for node in nodes where isReduction(node) {
      let type = function.type(of: function.nodes[node].operands[0])
      guard let map = AxisMap.covering(type.shape, dims: Array(domain.indices), domain: domain) else { throw .domain }
      operandMaps[node] = map
      if isTotal(node) {
        totals.append(node)
        continue
      }
      let dims = reducedAxes(node).flatMap { map[$0].terms.map(\.dim) }.sorted()
      if dims.isEmpty { throw .short }
      reductions.append((node, dims))
    }
    var reduced = try accumulate(reductions, extended, count, &group)
    if !totals.isEmpty {
      let own = reduced ?? partsOfTotals(group, extended, count)
      reduced = own
      if own != extended { group.split = Set(totals.map { function.nodes[$0].result }) }
    }
    group.reduced = reduced ?? []
    let isRows = group.reduced == Array(extended.suffix(group.reduced.count))
    try checkExtents(group, isRows: isRows, count: count)
    for node in nodes {
      group.maps[function.nodes[node].result] = try map(node, operandMaps[node], group, count, isRows)
    }
    try checkReads(group, operandMaps, isRows: isRows)
    return group
  }

  /// The dims that reductions reduce, each row or column at once. Where rows are reduced, or made, too, sums over rows
  /// accumulate as the rows pass by.
  private func accumulate(
    _ reductions: [(node: Int, dims: [Int])], _ extended: [Int], _ count: Int, _ group: inout LoopGroup
  ) throws(LoopRefusal) -> [Int]? {
    let isSuffix = { (dims: [Int]) in dims == Array(extended.suffix(dims.count)) }
    let rows = reductions.map(\.dims).filter(isSuffix).max { $0.count < $1.count }
    let makesRows = group.members.contains {
      !isReduction($0) && function.type(of: function.nodes[$0].result).count == count
    }
    let others = reductions.filter { $0.dims != rows }
    if rows == nil && !makesRows || others.isEmpty {
      guard let first = reductions.first else { return nil }
      if reductions.contains(where: { $0.dims != first.dims }) { throw .axes }
      return first.dims
    }
    for (node, dims) in others {
      let before = extended.filter { $0 < dims[0] }
      let isBlock = dims == Array(extended.filter { $0 >= dims[0] && $0 <= dims.last! })
      let element = function.type(of: function.nodes[node].result).element
      guard case .reduce = function.nodes[node].op, isBlock, dims.last! < (rows?.first ?? extended.last!),
        element == .f32 || element == .f64
      else { throw rows == nil ? .columns : .axes }
      if before.reduce(1, { $0 * group.domain[$1] }) < Self.fewestParts { throw rows == nil ? .columns : .axes }
      group.accumulated.insert(function.nodes[node].result)
    }
    return rows
  }

  /// What a total reduces at once: everything, or one part per row where that is shared among threads or where sums over
  /// the rows accumulate as they pass by.
  private func partsOfTotals(_ group: LoopGroup, _ extended: [Int], _ count: Int) -> [Int] {
    if !group.accumulated.isEmpty { return extended.suffix(1) }
    return count > Lowering.splitAbove ? Array(extended.dropFirst()) : extended
  }

  private func checkExtents(_ group: LoopGroup, isRows: Bool, count: Int) throws(LoopRefusal) {
    if group.reduced.isEmpty { return }
    let length = group.reduced.reduce(1) { $0 * group.domain[$1] }
    if !isRows { return }
    if length < Self.shortestRow { throw .short }
    if count / length < 8 && count > Lowering.splitAbove { throw .short }
  }

  /// Where a member's value lies: at every point, at every row or column, or as the parts of a total.
  private func map(
    _ node: Int, _ operandMap: [AxisMap]?, _ group: LoopGroup, _ count: Int, _ isRows: Bool
  ) throws(LoopRefusal) -> [AxisMap] {
    let shape = function.type(of: function.nodes[node].result).shape
    switch function.nodes[node].op {
    case .reduce, .logSumExp:
      let axes = reducedAxes(node)
      return operandMap!.indices.filter { !axes.contains($0) }.map { operandMap![$0] }
    case .softmax:
      if !isRows { throw .columns }
      return operandMap!
    default: break
    }
    let size = shape.reduce(1, *)
    if size == count {
      if !isRows { throw .columns }
      guard let map = AxisMap.covering(shape, dims: Array(group.domain.indices), domain: group.domain) else {
        throw .domain
      }
      return map
    }
    guard !group.reduced.isEmpty, let map = AxisMap.covering(shape, dims: group.kept, domain: group.domain) else {
      throw .domain
    }
    return map
  }

  private func checkReads(_ group: LoopGroup, _ operandMaps: [Int: [AxisMap]], isRows: Bool) throws(LoopRefusal) {
    let inner = group.domain.lastIndex { $0 > 1 }
    var streams = Set<Leaf>()
    for node in group.members {
      let result = function.nodes[node].result
      for leaf in leaves(node, at: operandMaps[node] ?? group.maps[result]!, group.domain) {
        if let own = group.maps[leaf.root] {
          if group.split.contains(leaf.root) || group.accumulated.contains(leaf.root) { throw .parts }
          if leaf.isOpaque || own != leaf.map { throw .place }
          if !isRows && isReduction(node) { throw .columns }
          continue
        }
        if let inner, group.members.count > 1 {
          let strides = function.type(of: leaf.value).strides
          let step = zip(strides, leaf.map).reduce(0) { sum, axis in
            sum + axis.0 * axis.1.terms.reduce(0) { $1.dim == inner ? $0 + $1.step : $0 }
          }
          if step != 0 && step != 1 { throw .stride }
        }
        streams.insert(leaf)
      }
    }
    if group.members.count > 1 && streams.count > Self.maximalStreams { throw .size }
  }

  /// Reduces some axes, or makes a row from a row.
  func isReduction(_ node: Int) -> Bool {
    switch function.nodes[node].op {
    case .reduce, .softmax, .logSumExp: true
    default: false
    }
  }

  func reducedAxes(_ node: Int) -> [Int] {
    if case .reduce(let op) = function.nodes[node].op { return op.axes }
    return [function.type(of: function.nodes[node].operands[0]).rank - 1]
  }

  /// A reduction to one element.
  func isTotal(_ node: Int) -> Bool {
    guard case .reduce = function.nodes[node].op else { return false }
    return function.type(of: function.nodes[node].result).count == 1
  }
}
