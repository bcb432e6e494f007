/// One abnormality of one lung: what the report says of it.
public struct PhantomFinding: Hashable, Sendable {
  /// What it is. The first six lie in a zone; the last three line a whole lung.
  public enum Kind: String, CaseIterable, Sendable {
    case consolidation, mass, cavity, bulla, atelectasis, calcification
    case effusion, pneumothorax, fibrothorax

    /// Whether it follows the pleura of a whole lung instead of lying in a zone.
    public var isPleural: Bool { Self.pleural.contains(self) }

    /// The name of its column in a list of labels.
    public var column: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    static let focal: [Kind] = [.consolidation, .mass, .cavity, .bulla, .atelectasis, .calcification]
    static let pleural: [Kind] = [.effusion, .pneumothorax, .fibrothorax]
  }

  /// The patient's side: the patient's right is on the left of the picture.
  public enum Side: String, CaseIterable, Sendable { case right, left }
  /// A third of the lung's height.
  public enum Zone: String, CaseIterable, Sendable { case upper, middle, lower }
  public enum Size: String, CaseIterable, Sendable { case small, moderate, large }

  public var kind: Kind
  public var side: Side
  /// Nil for a pleural finding.
  public var zone: Zone?
  public var size: Size

  /// Up to three findings of one record. Kind, side, zone and size are uniform; sets that hide one another are redrawn.
  static func draw(random: inout PhantomRandom) -> [PhantomFinding] {
    let share = random.unit()
    let count = share < 0.12 ? 0 : share < 0.62 ? 1 : share < 0.92 ? 2 : 3
    while true {
      let findings = (0..<count).map { _ in one(random: &random) }
      let clash = findings.indices.contains { i in findings[..<i].contains { $0.hides(findings[i]) } }
      if !clash { return findings }
    }
  }

  private static func one(random: inout PhantomRandom) -> PhantomFinding {
    let pleural = random.chance(0.4)
    return PhantomFinding(
      kind: random.pick(pleural ? Kind.pleural : Kind.focal), side: random.pick(Side.self),
      zone: pleural ? nil : random.pick(Zone.self), size: random.pick(Size.self))
  }

  private func hides(_ other: PhantomFinding) -> Bool {
    side == other.side && (zone == nil || other.zone == nil || zone == other.zone)
  }

  static let vocabulary: [String] =
    Kind.allCases.map(\.rawValue) + Side.allCases.map(\.rawValue) + Zone.allCases.map(\.rawValue)
    + Size.allCases.map(\.rawValue)
}
