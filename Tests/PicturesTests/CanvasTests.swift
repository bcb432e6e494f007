import Glibc
import PNGDecoding
import Pictures
import Support
import Testing

@Suite struct CanvasTests {
  @Test(arguments: [PixelFormat.grey, .rgb], [false, true])
  func pngKeepsEveryPixel(format: PixelFormat, fast: Bool) throws {
    let (width, height) = (37, 19)
    var state: UInt32 = 1
    let pixels = (0..<width * height * format.channels).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    let bytes = try PNGWriter.encode(pixels, width: width, height: height, format: format, fast: fast)
    let read = try #require(DecodedPNG(bytes))
    #expect(read.width == width && read.height == height)
    let expected = format == .rgb ? pixels : pixels.flatMap { [$0, $0, $0] }
    #expect(read.pixels == expected)
  }

  @Test func aPictureThatCannotBeWrittenIsRefused() {
    let error = #expect(throws: Diagnostic.self) {
      try PNGWriter.write([0], width: 1, height: 1, format: .grey, to: "/nonexistent/directory/a.png")
    }
    #expect(error?.code == .cannotWrite)
  }

  @Test func everyPrintableCharacterHasItsOwnGlyph() {
    let glyphs = (33..<127).map { value in
      (0..<BitmapFont.glyphHeight).map { BitmapFont.row($0, of: Unicode.Scalar(UInt8(value))) }
    }
    #expect(Set(glyphs).count == 94)
    #expect(glyphs.allSatisfy { rows in rows.contains { $0 != 0 } && rows.allSatisfy { $0 < 32 } })
    #expect((0..<9).allSatisfy { BitmapFont.row($0, of: " ") == 0 })
    #expect((0..<9).allSatisfy { BitmapFont.row($0, of: "é") == BitmapFont.row($0, of: "?") })
  }

  @Test func textIsDrawnScaledAndInColour() {
    var canvas = Canvas(width: 40, height: 40)
    canvas.text("I", x: 4, y: 6, .wrong, scale: 3)
    // The stem of `I` is its middle column; the top bar is three dots wide.
    #expect(canvas[4 + 2 * 3, 6 + 3 * 3] == .wrong)
    #expect(canvas[4 + 1 * 3 + 2, 6 + 2] == .wrong)
    #expect(canvas[4, 6] == .white && canvas[4 + 4 * 3 + 1, 6] == .white)
  }

  @Test func drawingOutsideIsDropped() {
    var canvas = Canvas(width: 8, height: 8)
    canvas.fill(x: -5, y: -5, width: 7, height: 7, .ink)
    canvas.fill(x: 20, y: 0, width: 5, height: 5, .ink)
    canvas.text("WWWW", x: -3, y: 5, .ink)
    canvas.draw(PlanarImage(side: 4, values: [Float](repeating: .nan, count: 48)), x: 6, y: -2)
    #expect(canvas[1, 1] == .ink && canvas[2, 2] == .white && canvas[6, 0] == .black)
  }

  @Test(arguments: [3, 8, 13, 21]) func resizingKeepsAFlatImageAndTheMean(target: Int) {
    let flat = PlanarImage(side: 8, values: [Float](repeating: 0.25, count: 192)).resized(to: target)
    #expect(flat.side == target && flat.values.allSatisfy { abs($0 - 0.25) < 1e-6 })
    let ramp = PlanarImage(side: 8, values: (0..<192).map { Float($0 % 8) / 7 }).resized(to: target)
    let mean = ramp.values.reduce(0, +) / Float(ramp.values.count)
    #expect(abs(mean - 0.5) < 1e-3)
    #expect(zip(ramp.values[0..<target], ramp.values[1..<target]).allSatisfy { $0 < $1 || target == 1 })
  }

  @Test func pixelatingAveragesBlocks() {
    let image = PlanarImage(side: 2, values: [0, 1, 0, 1] + [Float](repeating: 0.5, count: 8))
    #expect(image.pixelated(by: 2).values == [Float](repeating: 0.5, count: 12))
  }
}
