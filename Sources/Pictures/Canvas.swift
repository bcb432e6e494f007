import Support

/// An 8-bit RGB picture to draw on. Coordinates are pixels from the top left corner; what falls outside is dropped.
public struct Canvas: Sendable {
  public let width: Int
  public let height: Int
  /// `height` rows of `width` pixels of red, green, blue.
  public private(set) var pixels: [UInt8]

  public init(width: Int, height: Int, fill colour: Colour = .white) {
    precondition(width > 0 && height > 0, "a canvas has pixels")
    self.width = width
    self.height = height
    pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for pixel in 0..<width * height {
        buffer[pixel * 3] = colour.red
        buffer[pixel * 3 + 1] = colour.green
        buffer[pixel * 3 + 2] = colour.blue
      }
      count = width * height * 3
    }
  }

  /// The colour at a pixel inside the canvas.
  public subscript(x: Int, y: Int) -> Colour {
    get {
      let at = (y * width + x) * 3
      return Colour(pixels[at], pixels[at + 1], pixels[at + 2])
    }
    set {
      let at = (y * width + x) * 3
      pixels[at] = newValue.red
      pixels[at + 1] = newValue.green
      pixels[at + 2] = newValue.blue
    }
  }

  /// Fills a rectangle.
  public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: Colour) {
    let columns = max(0, x)..<max(0, x, min(self.width, x + width))
    let rows = max(0, y)..<max(0, y, min(self.height, y + height))
    let stride = self.width * 3
    pixels.withUnsafeMutableBufferPointer { pixels in
      for row in rows {
        var at = row * stride + columns.lowerBound * 3
        for _ in columns {
          pixels[at] = colour.red
          pixels[at + 1] = colour.green
          pixels[at + 2] = colour.blue
          at += 3
        }
      }
    }
  }

  /// Draws a frame of one pixel just inside a rectangle.
  public mutating func frame(x: Int, y: Int, width: Int, height: Int, _ colour: Colour) {
    fill(x: x, y: y, width: width, height: 1, colour)
    fill(x: x, y: y + height - 1, width: width, height: 1, colour)
    fill(x: x, y: y, width: 1, height: height, colour)
    fill(x: x + width - 1, y: y, width: 1, height: height, colour)
  }

  /// Writes text in the built-in font, each of its dots `scale` pixels wide; (x, y) is the top left of the first cell.
  public mutating func text(_ text: String, x: Int, y: Int, _ colour: Colour, scale: Int = 1) {
    var left = x
    for scalar in text.unicodeScalars {
      for row in 0..<BitmapFont.glyphHeight {
        let dots = BitmapFont.row(row, of: scalar)
        if dots == 0 { continue }
        for column in 0..<BitmapFont.glyphWidth where dots >> (BitmapFont.glyphWidth - 1 - column) & 1 == 1 {
          fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, colour)
        }
      }
      left += BitmapFont.cellWidth * scale
    }
  }

  /// Draws a square image of `side` pixels with its top left corner at (x, y).
  public mutating func draw(_ image: PlanarImage, x: Int, y: Int) {
    for row in max(0, -y)..<max(0, -y, min(image.side, height - y)) {
      for column in max(0, -x)..<max(0, -x, min(image.side, width - x)) {
        let at = row * image.side + column
        let plane = image.side * image.side
        self[x + column, y + row] = Colour(
          Self.byte(image.values[at]), Self.byte(image.values[plane + at]), Self.byte(image.values[2 * plane + at]))
      }
    }
  }

  /// The canvas as a PNG file.
  public func png() throws(Diagnostic) -> [UInt8] {
    try PNGWriter.encode(pixels, width: width, height: height, format: .rgb)
  }

  /// Writes the canvas as a PNG file, whole or not at all.
  public func writePNG(to path: String) throws(Diagnostic) {
    try AtomicFile.write(try png(), to: path)
  }

  private static func byte(_ value: Float) -> UInt8 {
    value.isFinite ? UInt8(max(0, min(255, value * 255 + 0.5))) : 0
  }
}
