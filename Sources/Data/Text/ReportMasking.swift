/// Hides words of a report (§3, public code): from position 1 up to, but not including, the last, stopping at the first
/// `[PAD]`, a token that begins a word becomes `[MASK]` with a probability; a `##` piece follows the token before it.
public struct ReportMasking: Sendable, Hashable {
  /// The probability that a word is masked.
  public var probability: Float

  public init(probability: Float = 0.5) { self.probability = probability }

  /// The masked ids of `report`; whole words are masked with numbers from `stream`.
  public func apply(_ report: EncodedReport, padID: Int32, maskID: Int32, stream: inout RandomStream) -> [Int32] {
    var ids = report.ids
    var isMasked = false
    for position in ids.indices.dropFirst().dropLast() {
      if ids[position] == padID { break }
      if report.startsWord[position] { isMasked = stream.nextFloat() < probability }
      if isMasked { ids[position] = maskID }
    }
    return ids
  }
}
