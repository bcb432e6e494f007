import Pictures
import Testing

@Suite struct ReconstructionSheetTests {
  static let pieces = ["[PAD]", "[UNK]", "[CLS]", "[MASK]", "heart", "lung", "##s", "large", "."]

  /// A 4x4 grid of 8-pixel patches; patch 5 is removed unless all are to be kept.
  static func record(side: Int = 32, patch: Int = 8, predicted: Float) -> ReconstructionRecord {
    let patches = (side / patch) * (side / patch)
    var mask = [Float](repeating: 0, count: patches)
    mask[5] = 1
    return ReconstructionRecord(
      title: "a.png", image: [Float](repeating: 0, count: 3 * side * side), side: side, patch: patch, mask: mask,
      prediction: [Float](repeating: predicted, count: patches * patch * patch * 3), ids: [2, 3, 5, 3, 3, 0, 0],
      labels: [2, 7, 5, 6, 8, 0, 0], predicted: [2, 7, 4, 8, 8, 4, 4])
  }

  static func count(_ colour: Colour, in canvas: Canvas) -> Int {
    canvas.pixels.withUnsafeBufferPointer { pixels in
      var count = 0
      for at in stride(from: 0, to: pixels.count, by: 3)
      where pixels[at] == colour.red && pixels[at + 1] == colour.green && pixels[at + 2] == colour.blue { count += 1 }
      return count
    }
  }

  @Test func rowsAddToTheHeight() {
    let records = (0..<3).map { _ in Self.record(predicted: 1) }
    let heights = (1...3).map { count in
      ReconstructionSheet.draw(title: "t", records: Array(records.prefix(count))) { Self.pieces[Int($0)] }.height
    }
    #expect(heights[2] - heights[1] == heights[1] - heights[0] && heights[1] - heights[0] > 300)
    let sheet = ReconstructionSheet.draw(title: "t", records: records) { Self.pieces[Int($0)] }
    #expect(sheet.width == ReconstructionSheet.width)
  }

  @Test func aRecordWithoutAReportShowsNoWords() {
    var silent = Self.record(predicted: 1)
    (silent.ids, silent.labels, silent.predicted) = ([], [], [])
    let sheet = ReconstructionSheet.draw(title: "t", records: [silent]) { Self.pieces[Int($0)] }
    let full = ReconstructionSheet.draw(title: "t", records: [Self.record(predicted: 1)]) { Self.pieces[Int($0)] }
    #expect(sheet.height < full.height && Self.count(.right, in: sheet) == 0)
  }

  @Test func rightAndWrongWordsAreToldApart() {
    var good = Self.record(predicted: 0)
    good.predicted = good.labels
    let draw = { (record: ReconstructionRecord) in
      ReconstructionSheet.draw(title: "t", records: [record]) { Self.pieces[Int($0)] }
    }
    let legend = ReconstructionSheet.draw(title: "t", records: []) { Self.pieces[Int($0)] }
    let (right, mixed) = (draw(good), draw(Self.record(predicted: 0)))
    #expect(Self.count(.wrong, in: right) == Self.count(.wrong, in: legend))
    #expect(Self.count(.wrong, in: mixed) > Self.count(.wrong, in: legend))
    #expect(Self.count(.right, in: right) > Self.count(.right, in: mixed))
    #expect(Self.count(.right, in: mixed) > Self.count(.right, in: legend))
  }

  @Test func onlyRemovedPatchesShowThePrediction() {
    let grey = Colour(grey: UInt8(PlanarImage.pixelMean * 255 + 0.5))
    let white = Self.count(
      .white, in: ReconstructionSheet.draw(title: "", records: [Self.record(predicted: 0)]) { _ in "" })
    let lit = ReconstructionSheet.draw(title: "", records: [Self.record(predicted: 9)]) { _ in "" }
    let more = Self.count(.white, in: lit) - white
    // One of sixteen patches of a picture of 288 pixels, with its softened edges left out.
    #expect(more > 50 * 50 && more <= 72 * 72)
    #expect(Self.count(grey, in: lit) > 2 * 288 * 288)
  }

  @Test func normalisedPatchesComeBackExactly() {
    let (side, patch) = (16, 8)
    let image = (0..<3 * side * side).map { Float(($0 * 37) % 101) / 50 - 1 }
    var record = ReconstructionRecord(
      title: "", image: image, side: side, patch: patch, mask: [1, 1, 1, 1],
      prediction: [Float](repeating: 0, count: 4 * 192), ids: [2], labels: [2], predicted: [2])
    var expected: [Float] = []
    for index in 0..<4 {
      let values = (0..<192).map { k -> Float in
        let (pixel, channel) = (k / 3, k % 3)
        return image[channel * 256 + (index / 2 * 8 + pixel / 8) * 16 + index % 2 * 8 + pixel % 8]
      }
      let mean = values.reduce(0, +) / 192
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 191
      for k in 0..<192 { record.prediction[index * 192 + k] = (values[k] - mean) / (variance + 1e-6).squareRoot() }
      expected += values
    }
    record.denormalizePatches()
    #expect(zip(record.prediction, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}
