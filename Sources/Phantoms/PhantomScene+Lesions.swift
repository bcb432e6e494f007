import CPhantom

extension PhantomScene {
  /// Where and how large the lesion of a finding is.
  static func lesion(
    _ finding: PhantomFinding, _ ranges: PhantomRanges, in s: phantom_scene, random: inout PhantomRandom
  ) -> phantom_lesion {
    let lung: Int32 = finding.side == .right ? 0 : 1
    let sign: Float = lung == 0 ? -1 : 1
    let dome = (lung == 0 ? s.dome_y.0 : s.dome_y.1) - s.dome_height
    let height = dome - s.apex_y
    var lesion = phantom_lesion()
    lesion.kind = code(finding.kind)
    lesion.lung = lung
    lesion.key = UInt32(truncatingIfNeeded: random.next())
    let step = finding.size == .small ? 0 : finding.size == .moderate ? 1 : 2
    lesion.contrast = finding.contrast.strength
    if let zone = finding.zone {
      let part: Float = zone == .upper ? 0.27 : zone == .middle ? 0.54 : 0.82
      let radius: Float = ranges.radius[step] * random.uniform(0.94...1.06)
      lesion.x = sign * (s.lung_half * (zone == .upper ? 0.50 : 0.58) + random.uniform(-0.03...0.03))
      lesion.y = s.apex_y + height * (part + random.uniform(-0.03...0.03))
      lesion.rx = radius * random.uniform(0.95...1.15)
      lesion.ry = radius * random.uniform(0.9...1.05)
      return lesion
    }
    switch finding.kind {
    case .effusion: lesion.extent = ranges.effusion[step]
    case .pneumothorax: lesion.extent = ranges.pneumothorax[step]
    default: lesion.extent = ranges.fibrothorax[step]
    }
    lesion.extent *= random.uniform(0.94...1.06)
    let covered = finding.kind == .effusion ? lesion.extent : 1
    lesion.x = sign * s.lung_half * 0.55
    lesion.rx = s.lung_half * 0.45
    lesion.ry = height * covered / 2
    lesion.y = dome - lesion.ry
    return lesion
  }

  private static func code(_ kind: PhantomFinding.Kind) -> Int32 {
    let code =
      switch kind {
      case .consolidation: PHANTOM_CONSOLIDATION
      case .mass: PHANTOM_MASS
      case .cavity: PHANTOM_CAVITY
      case .bulla: PHANTOM_BULLA
      case .atelectasis: PHANTOM_ATELECTASIS
      case .calcification: PHANTOM_CALCIFICATION
      case .effusion: PHANTOM_EFFUSION
      case .pneumothorax: PHANTOM_PNEUMOTHORAX
      case .fibrothorax: PHANTOM_FIBROTHORAX
      }
    return Int32(code.rawValue)
  }
}
