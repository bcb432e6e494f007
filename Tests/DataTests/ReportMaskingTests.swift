import Data
import Testing

@Suite("Report masking")
struct ReportMaskingTests {
  private func mask(_ report: EncodedReport, index: Int, probability: Float = 0.5) -> [Int32] {
    var stream = RandomStream(seed: 11, purpose: .reportMask, epoch: 0, index: index)
    return ReportMasking(probability: probability).apply(report, padID: 0, maskID: 3, stream: &stream)
  }

  /// Words of one to three pieces: ids 10... start a word, ids 20... continue one.
  private func report(words: [Int], length: Int) -> EncodedReport {
    var ids: [Int32] = [2]
    for (number, pieces) in words.enumerated() {
      for piece in 0..<pieces { ids.append(Int32((piece == 0 ? 100 : 200) + number)) }
    }
    let count = min(ids.count, length)
    ids = Array(ids.prefix(length)) + [Int32](repeating: 0, count: length - count)
    return EncodedReport(ids: ids, count: count, startsWord: ids.map { $0 == 2 || (100..<200).contains($0) })
  }

  @Test("whole words are masked, about half of them; [CLS], padding and the last position never")
  func properties() {
    let report = report(words: (0..<40).map { $0 % 3 + 1 }, length: 100)
    var masked = 0
    var words = 0
    for index in 0..<500 {
      let ids = mask(report, index: index)
      #expect(ids[0] == 2)
      #expect(Array(ids[report.count...]) == Array(report.ids[report.count...]))
      for position in 1..<report.count {
        #expect(ids[position] == 3 || ids[position] == report.ids[position])
        if report.startsWord[position] {
          words += 1
          if ids[position] == 3 { masked += 1 }
        } else {
          #expect((ids[position] == 3) == (ids[position - 1] == 3))
        }
      }
    }
    #expect(abs(Double(masked) / Double(words) - 0.5) < 0.02)
  }

  @Test("the last position of a full report stays")
  func lastPosition() {
    let report = report(words: [Int](repeating: 2, count: 20), length: 10)
    let ids = mask(report, index: 0, probability: 1)
    #expect(ids == [2] + [Int32](repeating: 3, count: 8) + [report.ids[9]])
  }

  @Test("with room after it, the last word is masked too")
  func paddedReport() {
    let report = report(words: [1, 2], length: 6)
    #expect(mask(report, index: 0, probability: 1) == [2, 3, 3, 3, 0, 0])
    #expect(mask(report, index: 0, probability: 0) == report.ids)
  }

  @Test("masking stops at the first [PAD], also one written in the report")
  func stopsAtPad() {
    let report = EncodedReport(
      ids: [2, 100, 0, 101, 102, 103], count: 6, startsWord: [true, true, true, true, true, true])
    #expect(mask(report, index: 0, probability: 1) == [2, 3, 0, 101, 102, 103])
  }

  @Test("a piece after [CLS] has no word to follow and stays")
  func orphanPiece() {
    let report = EncodedReport(ids: [2, 200, 100, 0], count: 3, startsWord: [true, false, true, false])
    #expect(mask(report, index: 0, probability: 1) == [2, 200, 3, 0])
  }

  @Test("short reports", arguments: 1...3)
  func short(length: Int) {
    let report = report(words: [], length: length)
    #expect(mask(report, index: 0, probability: 1) == report.ids)
  }
}
