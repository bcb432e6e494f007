/// One abnormality of one lung: what the report says of it.
public struct PhantomFinding: Hashable, Sendable {
  /// What it is. The first six lie in a zone; the last three line a whole lung.
  public enum Kind: String, CaseIterable, Sendable {
    case consolidation, mass, cavity, bulla, atelectasis, calcification
    case effusion, pneumothorax, fibrothorax

    /// Whether it follows the pleura of a whole lung instead of lying in a zone.
    public var isPleural: Bool { Self.pleural.contains(self) }

    /// The column of the label lists.
    public var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// The chance that a patient has it, before sets that hide one another are redrawn.
    var prevalence: Float {
      switch self {
      case .effusion: 0.28
      case .consolidation, .atelectasis, .pneumothorax: 0.20
      case .mass: 0.15
      case .calcification: 0.14
      case .bulla: 0.12
      case .cavity, .fibrothorax: 0.065
      }
    }

    static let focal: [Kind] = [.consolidation, .mass, .cavity, .bulla, .atelectasis, .calcification]
    static let pleural: [Kind] = [.effusion, .pneumothorax, .fibrothorax]
  }

  /// The patient's side: the patient's right is on the left of the picture.
  public enum Side: String, CaseIterable, Sendable { case right, left }
  /// A third of the lung's height.
  public enum Zone: String, CaseIterable, Sendable { case upper, middle, lower }
  public enum Size: String, CaseIterable, Sendable { case small, moderate, large }
  /// How much it stands out. The report does not say it.
  public enum Contrast: String, CaseIterable, Sendable {
    case subtle, plain, obvious

    /// The part of its density that is there.
    var strength: Float {
      switch self {
      case .subtle: 0.50
      case .plain: 0.75
      case .obvious: 1
      }
    }
  }

  public var kind: Kind
  public var side: Side
  /// Nil for a pleural finding.
  public var zone: Zone?
  public var size: Size
  /// `obvious` in the style of energies.
  public var contrast: Contrast

  /// Up to three findings of one record, none that another hides.
  static func draw(style: PhantomStyle, random: inout PhantomRandom) -> [PhantomFinding] {
    style == .energies ? drawEvenly(random: &random) : drawAsInPatients(random: &random)
  }

  /// Each kind by its prevalence, and at most once; side, zone, size and contrast are uniform.
  private static func drawAsInPatients(random: inout PhantomRandom) -> [PhantomFinding] {
    while true {
      let kinds = Kind.allCases.filter { random.chance($0.prevalence) }
      if kinds.count > 3 { continue }
      let findings = random.shuffled(kinds).map { kind in
        var finding = one(kind, random: &random)
        finding.contrast = random.pick(Contrast.self)
        return finding
      }
      let clash = findings.indices.contains { i in findings[..<i].contains { $0.overlies(findings[i]) } }
      if !clash { return findings }
    }
  }

  /// Kind, side, zone and size are uniform; sets that hide one another are redrawn.
  private static func drawEvenly(random: inout PhantomRandom) -> [PhantomFinding] {
    let share = random.unit()
    let count = share < 0.12 ? 0 : share < 0.62 ? 1 : share < 0.92 ? 2 : 3
    while true {
      let findings = (0..<count).map { _ in
        let pleural = random.chance(0.4)
        return one(random.pick(pleural ? Kind.pleural : Kind.focal), random: &random)
      }
      let clash = findings.indices.contains { i in findings[..<i].contains { $0.hides(findings[i]) } }
      if !clash { return findings }
    }
  }

  private static func one(_ kind: Kind, random: inout PhantomRandom) -> PhantomFinding {
    PhantomFinding(
      kind: kind, side: random.pick(Side.self), zone: kind.isPleural ? nil : random.pick(Zone.self),
      size: random.pick(Size.self), contrast: .obvious)
  }

  private func hides(_ other: PhantomFinding) -> Bool {
    side == other.side && (zone == nil || other.zone == nil || zone == other.zone)
  }

  /// Whether both lie in the same place: fluid covers a lower zone, and a focal finding is seen beside air or a peel.
  private func overlies(_ other: PhantomFinding) -> Bool {
    if side != other.side { return false }
    if zone == other.zone { return true }
    return [self, other].contains { $0.kind == .effusion } && (zone == .lower || other.zone == .lower)
  }

  static let vocabulary: [String] =
    Kind.allCases.map(\.rawValue) + Side.allCases.map(\.rawValue) + Zone.allCases.map(\.rawValue)
    + Size.allCases.map(\.rawValue)
}
