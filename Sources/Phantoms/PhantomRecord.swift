/// A phantom patient: made, not real. Record `index` of a seed and a style is always the same.
public struct PhantomRecord: Sendable {
  public let seed: UInt64
  public let index: Int
  public let style: PhantomStyle
  public let appearance: PhantomAppearance
  public let findings: [PhantomFinding]
  /// The report: one paragraph of English that states the appearance and every finding.
  public let report: String

  public init(seed: UInt64, index: Int, style: PhantomStyle = .radiograph) {
    self.seed = seed
    self.index = index
    self.style = style
    var looks = PhantomRandom(seed: seed, record: index, stream: .appearance)
    appearance = PhantomAppearance(style: style, random: &looks)
    var lesions = PhantomRandom(seed: seed, record: index, stream: .findings)
    findings = PhantomFinding.draw(style: style, random: &lesions)
    var words = PhantomRandom(seed: seed, record: index, stream: .report)
    report = ReportWriter.write(appearance, findings, random: &words)
  }
}
