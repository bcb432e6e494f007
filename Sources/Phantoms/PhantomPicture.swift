import Pictures
import Support

/// A rendered phantom: the picture and where its findings lie in it.
public struct PhantomPicture: Sendable {
  /// One finding in pixels: its centre and half extents.
  public struct Place: Sendable, Hashable {
    public var x: Float
    public var y: Float
    public var halfWidth: Float
    public var halfHeight: Float
  }

  /// Pixels along each edge.
  public let side: Int
  /// `side * side` grey values, top row first.
  public let pixels: [UInt8]
  /// The colours of the grey values 0 to 255, three bytes each: the channels of low, middle and high energy. Nil: grey.
  public let palette: [UInt8]?
  /// One place per finding, in the record's order.
  public let places: [Place]
  /// For each finding, in the record's order, `side * side` bytes: 255 in its area, 0 elsewhere.
  public let areas: [[UInt8]]

  /// Renders a record.
  public init(_ record: PhantomRecord, side: Int) {
    let scene = PhantomScene(record)
    self.side = side
    (pixels, areas) = scene.render(side: side)
    palette = record.style == .energies ? Self.palette(of: record.appearance) : nil
    places = scene.lesions.map {
      let place = scene.place($0, side: side)
      return Place(x: place.x, y: place.y, halfWidth: place.halfWidth, halfHeight: place.halfHeight)
    }
  }

  /// The picture as a PNG file: grey, or in the colours of the palette.
  func png() throws(Diagnostic) -> [UInt8] {
    guard let palette else {
      return try PNGWriter.encode(pixels, width: side, height: side, format: .grey, fast: true)
    }
    return try PNGWriter.encode(pixels, width: side, height: side, palette: palette, fast: true)
  }

  /// The area of all findings of a kind, as `areas`.
  public func area(of kind: PhantomFinding.Kind, in record: PhantomRecord) -> [UInt8] {
    var union = [UInt8](repeating: 0, count: side * side)
    for (finding, area) in zip(record.findings, areas) where finding.kind == kind {
      for place in union.indices { union[place] |= area[place] }
    }
    return union
  }

  /// Each channel shows the greys around its own level, as far apart as the nearer end of the scale allows.
  private static func palette(of looks: PhantomAppearance) -> [UInt8] {
    let levels = looks.exposures.map(\.level)
    return (0..<256).flatMap { grey in
      levels.map { level in
        let reach = 0.95 * min(level, 1 - level)
        return UInt8((level + reach * (Float(grey) / 127.5 - 1)) * 255 + 0.5)
      }
    }
  }
}
