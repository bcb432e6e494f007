import Phantoms

/// The area of a finding and a ring around it, as places of a picture's pixels.
struct Surroundings {
  private let inside: [Int]
  private let ring: [Int]

  /// Of a hollow finding the wall alone is inside. A peel lies on the chest wall, which is as bright as itself: of its
  /// ring only the lung's side counts.
  init(_ area: [UInt8], side: Int, of finding: PhantomFinding) {
    let area = area.map { $0 != 0 }
    let isHollow = finding.kind == .cavity
    let core = isHollow ? Self.grown(area.map { !$0 }, side: side, by: 2).map { !$0 } : area.map { _ in false }
    let near = Self.grown(area, side: side, by: 1)
    let far = Self.grown(near, side: side, by: 3)
    inside = area.indices.filter { area[$0] && !core[$0] }
    ring = area.indices.filter { place in
      if !far[place] || near[place] { return false }
      if finding.kind != .fibrothorax { return true }
      let row = place / side * side
      let outward = finding.side == .right ? row..<place : place + 1..<row + side
      let inward = finding.side == .right ? place + 1..<row + side : row..<place
      return area[outward].contains(true) && !area[inward].contains(true)
    }
  }

  /// How much brighter the area is than the ring.
  func contrast(in picture: PhantomPicture) -> Double {
    func mean(_ places: [Int]) -> Double {
      Double(places.reduce(0) { $0 + Int(picture.pixels[$1]) }) / Double(max(1, places.count))
    }
    return mean(inside) - mean(ring)
  }

  /// The area and what lies up to `steps` pixels beside, above or below it.
  private static func grown(_ area: [Bool], side: Int, by steps: Int) -> [Bool] {
    var grown = area
    for _ in 0..<steps {
      let before = grown
      for place in before.indices where before[place] {
        if place % side > 0 { grown[place - 1] = true }
        if place % side < side - 1 { grown[place + 1] = true }
        if place >= side { grown[place - side] = true }
        if place + side < before.count { grown[place + side] = true }
      }
    }
    return grown
  }
}
