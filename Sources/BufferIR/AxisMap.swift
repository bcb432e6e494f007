/// How an axis of a value follows the coordinates of a loop domain: `Σ coordinate[dim]·step + offset`. Axes of size 1, in
/// the value or the domain, follow nothing.
struct AxisMap: Hashable {
  struct Term: Hashable {
    var dim: Int
    var step: Int
  }
  /// By ascending dim, one per dim.
  var terms: [Term] = []
  var offset = 0

  /// An axis that stays at 0.
  static let fixed = AxisMap()

  /// The maps of a value that has the domain's own shape.
  static func identity(_ domain: [Int]) -> [AxisMap] {
    domain.indices.map { AxisMap(terms: domain[$0] > 1 ? [Term(dim: $0, step: 1)] : []) }
  }

  /// `step·self + offset`.
  func scaled(by step: Int, offset: Int = 0) -> AxisMap {
    AxisMap(terms: terms.map { Term(dim: $0.dim, step: $0.step * step) }, offset: self.offset * step + offset)
  }

  func adding(_ other: AxisMap) -> AxisMap {
    var result = self
    result.offset += other.offset
    for term in other.terms {
      if let at = result.terms.firstIndex(where: { $0.dim >= term.dim }) {
        if result.terms[at].dim == term.dim {
          result.terms[at].step += term.step
        } else {
          result.terms.insert(term, at: at)
        }
      } else {
        result.terms.append(term)
      }
    }
    return result
  }

  /// The largest value less the offset.
  func reach(_ domain: [Int]) -> Int { terms.reduce(0) { $0 + (domain[$1.dim] - 1) * $1.step } }
}

/// What a view operation's operand is read at, where its result is read at `map`.
extension AxisMap {
  /// The operand's maps for a reshape of `operand` to `result`; nil if an axis of the operand would need a division.
  static func throughReshape(_ map: [AxisMap], from operand: [Int], to result: [Int], domain: [Int]) -> [AxisMap]? {
    var maps = [AxisMap](repeating: .fixed, count: operand.count)
    let (source, target) = (operand.indices.filter { operand[$0] > 1 }, result.indices.filter { result[$0] > 1 })
    var (s, t) = (0, 0)
    // Neighbouring axes of both sides are matched in groups of equal size.
    while s < source.count {
      guard t < target.count else { return nil }
      var (sEnd, tEnd) = (s + 1, t + 1)
      var (sSize, tSize) = (operand[source[s]], result[target[t]])
      while sSize != tSize {
        if sSize < tSize {
          guard sEnd < source.count else { return nil }
          sSize *= operand[source[sEnd]]
          sEnd += 1
        } else {
          guard tEnd < target.count else { return nil }
          tSize *= result[target[tEnd]]
          tEnd += 1
        }
      }
      var linear = AxisMap.fixed
      for axis in target[t..<tEnd] { linear = linear.scaled(by: result[axis]).adding(map[axis]) }
      guard distribute(linear, over: Array(source[s..<sEnd]), operand, domain, &maps) else { return nil }
      (s, t) = (sEnd, tEnd)
    }
    return maps
  }

  /// Splits a running number over axes: each term must lie within one axis.
  private static func distribute(
    _ linear: AxisMap, over axes: [Int], _ shape: [Int], _ domain: [Int], _ maps: inout [AxisMap]
  ) -> Bool {
    if axes.count == 1 {
      maps[axes[0]] = linear
      return true
    }
    if linear.offset != 0 { return false }
    var stride = 1
    var placed = 0
    for axis in axes.reversed() {
      let own = linear.terms.filter { $0.step >= stride && $0.step < stride * shape[axis] }
      if own.contains(where: { $0.step % stride != 0 }) { return false }
      let part = AxisMap(terms: own.map { Term(dim: $0.dim, step: $0.step / stride) })
      if part.reach(domain) >= shape[axis] { return false }
      maps[axis] = part
      placed += own.count
      stride *= shape[axis]
    }
    return placed == linear.terms.count
  }

  /// The maps of a value of some shape whose elements are, in order, those of a box of the domain's dims.
  static func covering(_ shape: [Int], dims: [Int], domain: [Int]) -> [AxisMap]? {
    let all = identity(domain)
    let box = dims.map { domain[$0] }
    if box.reduce(1, *) != shape.reduce(1, *) { return nil }
    return throughReshape(dims.map { all[$0] }, from: shape, to: box, domain: domain)
  }
}
