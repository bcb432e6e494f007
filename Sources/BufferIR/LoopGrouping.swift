import TensorIR

/// Gathers loops into groups that become one kernel each: element-wise values of one domain, chains of row reductions and
/// what is computed from them, column reductions of the same rows.
///
/// A scan in order: each node starts a group of its own, then joins those that it reads, and those that read what it
/// reads, where one loop can do all of it (`plan`) and nothing outside lies between (`separates`).
struct LoopGrouping {
  let function: Function
  let inlined: [Bool]
  let definitions: [Int?]
  let uses: [[Int]]
  let isResult: Set<ValueID>
  /// For each node the nodes it reads through inlined values and views, and those it must follow.
  private(set) var dependencies: [[Int]] = []
  /// An order in which an argument is read before it is updated in place.
  private(set) var order: [Int] = []
  private(set) var position: [Int] = []
  /// The group each node is in; a group's number is that of one of its members.
  private(set) var groupOf: [Int] = []
  private(set) var groups: [Int: LoopGroup] = [:]
  private(set) var refusals: [(node: Int, other: Int, reason: LoopRefusal)] = []
  private var last: [Int] = []
  private var first: [Int] = []
  /// For each place in the order, how many groups have members both before it and at or after it.
  private var spans: [Int] = []
  private let recomputed: RecomputedNodes
  /// Loops that update an argument in place, and nodes that make what guards look at: one kernel cannot be both.
  private var updaters = Set<Int>()
  private var guardMakers = Set<Int>()
  private var visited: [Int] = []
  private var round = 0

  /// Nodes this far apart in the order do not meet: it bounds the search, and how much longer values may live.
  private static let window = 160
  /// The latest readers of a value that a further reader may join.
  private static let remembered = 4

  init(_ function: Function, inlined: [Bool], grouping: Bool, regions: [Expansion.Region] = []) {
    self.function = function
    self.inlined = inlined
    definitions = function.definitions()
    uses = function.uses()
    isResult = Set(function.results.map(\.value) + function.guards)
    recomputed = RecomputedNodes(function)
    groupOf = Array(function.nodes.indices)
    order = groupOf
    if !grouping { return }
    dependencies = function.nodes.indices.map { reads(of: $0) }
    guard addUpdateOrder() else { return }
    position = Array(repeating: 0, count: order.count)
    for (place, node) in order.enumerated() { position[node] = place }
    first = position
    last = position
    spans = Array(repeating: 0, count: order.count + 1)
    visited = Array(repeating: 0, count: order.count)
    for region in regions { keepTogether(loops(of: region)) }
    scan()
    groups = groups.filter { $0.value.members.count > 1 }
  }

  /// Whether a node is one loop that other loops can join.
  func isLoop(_ node: Int) -> Bool {
    if inlined[function.nodes[node].result.index] { return false }
    switch function.nodes[node].op {
    case .unary, .binary, .compare, .select, .convert, .dropout, .reduce, .softmax, .logSumExp: return true
    case .constant, .iota, .broadcast, .reshape, .transpose, .slice, .concat, .pad, .matmul, .gather, .scatterAdd,
      .argsort,
      .argmax, .stopGradient, .attention, .attentionGradient, .layerNorm, .layerNormGradient, .linearCrossEntropy,
      .linearCrossEntropyGradient:
      return false
    }
  }

  /// Nodes with memory that a node reads.
  private func reads(of node: Int) -> [Int] {
    var result: [Int] = []
    var seen = Set<ValueID>()
    func visit(_ value: ValueID) {
      let base = root(value)
      guard seen.insert(base).inserted, let definition = definitions[base.index] else { return }
      if inlined[base.index] { function.nodes[definition].operands.forEach(visit) } else { result.append(definition) }
    }
    function.nodes[node].operands.forEach(visit)
    return result
  }

  /// What is updated in place waits for the guards and for the argument's readers; false if that cannot be.
  private mutating func addUpdateOrder() -> Bool {
    var readers: [ValueID: [Int]] = [:]
    let updated = Set(function.results.compactMap(\.alias))
    for (index, node) in function.nodes.enumerated() where !inlined[node.result.index] && !node.op.traits.isView {
      var seen = Set<ValueID>()
      func visit(_ value: ValueID) {
        let base = root(value)
        if !seen.insert(base).inserted { return }
        if updated.contains(base) { readers[base, default: []].append(index) }
        if inlined[base.index] { function.nodes[definitions[base.index]!].operands.forEach(visit) }
      }
      node.operands.forEach(visit)
    }
    for result in function.results {
      guard let alias = result.alias, let writer = definitions[root(result.value).index], isLoop(writer) else {
        continue
      }
      let guards = function.guards.compactMap { definitions[root($0).index] }
      updaters.insert(writer)
      guardMakers.formUnion(guards)
      for other in readers[alias, default: []] + guards where other != writer && !dependencies[writer].contains(other) {
        dependencies[writer].append(other)
      }
    }
    var sort = TopologicalOrder(count: function.nodes.count)
    for node in function.nodes.indices {
      for other in dependencies[node] { sort.edge(other, node) }
    }
    let (sorted, stuck) = sort.sorted()
    if stuck.isEmpty { order = sorted }
    return stuck.isEmpty
  }

  // MARK: Growing groups

  private mutating func scan() {
    var readersOf: [ValueID: [Int]] = [:]
    for node in order where isLoop(node) {
      guard let alone = try? plan([node], domain: ownDomain(node)) else { continue }
      if groups[groupOf[node]] == nil { groups[node] = alone }
      let map = isReduction(node) ? AxisMap.identity(alone.domain) : alone.maps[function.nodes[node].result]!
      let read = leaves(node, at: map, alone.domain)
      var candidates: [Int] = []
      for leaf in read {
        let beside = sumsBeside(leaf.root).flatMap { readersOf[$0, default: []] }
        let near = [definitions[leaf.root.index]].compactMap { $0 } + readersOf[leaf.root, default: []] + beside
        for other in near where groups[groupOf[other]] != nil && !candidates.contains(other) {
          // What is read whole decides; scalars and affine rows are shared by many.
          if function.type(of: leaf.root).count * 2 > alone.domain.reduce(1, *)
            || isMember(leaf.root, of: groupOf[other])
          {
            candidates.append(other)
          }
        }
      }
      for other in candidates { join(node, other) }
      for leaf in read {
        readersOf[leaf.root] = (readersOf[leaf.root, default: []] + [node]).suffix(Self.remembered)
      }
    }
  }

  /// Makes nodes a group from the start, if one loop can do all of them: they join others as a whole.
  private mutating func keepTogether(_ nodes: [Int]) {
    let members = nodes.sorted { position[$0] < position[$1] }
    let domains = members.map(ownDomain).sorted { ($0.reduce(1, *), $0.count) > ($1.reduce(1, *), $1.count) }
    guard members.count > 1, !updatesBeforeGuard(members), let domain = domains.first,
      let group = try? plan(members, domain: domain)
    else { return }
    let number = members[0]
    for member in members { groupOf[member] = number }
    groups[number] = group
    first[number] = position[number]
    last[number] = position[members.last!]
  }

  /// Whether one kernel of these would update an argument and make what must be looked at before.
  private func updatesBeforeGuard(_ members: [Int]) -> Bool {
    members.contains(where: updaters.contains) && members.contains(where: guardMakers.contains)
  }

  /// The other sums that the loop of a sum accumulates: what reads them reads alike.
  private func sumsBeside(_ value: ValueID) -> [ValueID] {
    guard let definition = definitions[value.index], let sums = groups[groupOf[definition]]?.accumulated,
      sums.contains(value)
    else { return [] }
    return sums.subtracting([value]).sorted()
  }

  private func isMember(_ value: ValueID, of group: Int) -> Bool {
    definitions[value.index].map { groupOf[$0] == group } ?? false
  }

  /// The shape a node loops over.
  private func ownDomain(_ node: Int) -> [Int] {
    let value = function.nodes[node]
    return function.type(of: isReduction(node) ? value.operands[0] : value.result).shape
  }

  private mutating func join(_ node: Int, _ other: Int) {
    let (a, b) = (groupOf[other], groupOf[node])
    if a == b { return }
    let (one, two) = (groups[a]!, groups[b]!)
    if position[node] - last[a] > Self.window && !consumes(node, one) { return }
    if recomputed.meet(one.members, two.members) {
      refusals.append((node, other, .recomputed))
      return
    }
    let members = (one.members + two.members).sorted { position[$0] < position[$1] }
    if updatesBeforeGuard(members) {
      refusals.append((node, other, .cycle))
      return
    }
    // Rows and columns join what has them as an axis more; of equal domains the finer says more.
    let (sizeOne, sizeTwo) = (one.domain.reduce(1, *), two.domain.reduce(1, *))
    var domains = sizeOne < sizeTwo ? [two.domain] : [one.domain]
    if sizeOne == sizeTwo && one.domain != two.domain { domains.append(two.domain) }
    domains.sort { $0.count > $1.count }
    var merged: LoopGroup?
    var reason = LoopRefusal.domain
    for domain in domains where merged == nil {
      do { merged = try plan(members, domain: domain) } catch { if error != .domain { reason = error } }
    }
    guard let merged else {
      if two.members.count == 1 || reason != .domain { refusals.append((node, other, reason)) }
      return
    }
    if separates(a, b) || separates(b, a) {
      refusals.append((node, other, .cycle))
      return
    }
    for member in one.members { groupOf[member] = b }
    groups[a] = nil
    groups[b] = merged
    for group in [a, b] { span(group, by: -1) }
    first[b] = min(first[a], first[b])
    last[b] = max(last[a], last[b])
    span(b, by: 1)
  }

  private mutating func span(_ group: Int, by step: Int) {
    for place in first[group]..<last[group] { spans[place + 1] += step }
  }

  /// Whether a node outside both depends on group `a` while group `b` depends on it.
  private mutating func separates(_ a: Int, _ b: Int) -> Bool {
    round += 1
    // What lies before a place that no group spans cannot depend on what lies after it.
    var floor = first[a]
    while spans[floor] > 0 { floor -= 1 }
    var stack = [b]
    while let group = stack.popLast() {
      for member in groups[group]?.members ?? [group] {
        for read in dependencies[member] {
          let next = groupOf[read]
          if next == a && group != b { return true }
          if next == a || next == b || visited[next] == round || last[next] < floor { continue }
          visited[next] = round
          stack.append(next)
        }
      }
    }
    return false
  }
}
