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
  /// `side * side` grey values, top row first: of a radiograph as it shows them, else places in the palette.
  public let pixels: [UInt8]
  /// The colours of the grey values 0 to 255, three bytes each: the channels of low, middle and high energy; nil: grey.
  public let palette: [UInt8]?
  /// One place per finding, in the record's order.
  public let places: [Place]
  private let scene: PhantomScene

  /// Renders a record.
  public init(_ record: PhantomRecord, side: Int) {
    let scene = PhantomScene(record)
    self.side = side
    self.scene = scene
    let greys = scene.render(side: side)
    switch record.style {
    case .energies:
      pixels = greys
      palette = Self.palette(of: record.appearance)
    case .radiograph:
      let curve = Self.curve(record.appearance.middleEnergy)
      pixels = greys.map { curve[Int($0)] }
      palette = nil
    }
    places = scene.lesions.map {
      let place = scene.place($0, side: side)
      return Place(x: place.x, y: place.y, halfWidth: place.halfWidth, halfHeight: place.halfHeight)
    }
  }

  /// The area of its findings of a kind: `side * side` values, 255 inside and 0 elsewhere.
  public func mask(_ kind: PhantomFinding.Kind) -> [UInt8] { scene.mask(kind, side: side) }

  /// The picture as a PNG file.
  public func encoded() throws(Diagnostic) -> [UInt8] {
    if let palette {
      return try PNGWriter.encode(pixels, width: side, height: side, palette: palette, fast: true)
    }
    return try PNGWriter.encode(pixels, width: side, height: side, format: .grey, fast: true)
  }

  /// The greys of a radiograph: an exposure moves the middle of the scale by up to a seventh of it.
  private static func curve(_ exposure: PhantomAppearance.Exposure) -> [UInt8] {
    let level = 0.5 + (exposure.level - 0.5) * 0.4
    let reach = 0.95 * min(level, 1 - level)
    return (0..<256).map { UInt8((level + reach * (Float($0) / 127.5 - 1)) * 255 + 0.5) }
  }

  /// Each channel shows the greys around its own level, as far apart as the nearer end of the scale allows.
  private static func palette(of looks: PhantomAppearance) -> [UInt8] {
    let levels = [looks.lowEnergy, looks.middleEnergy, looks.highEnergy].map(\.level)
    return (0..<256).flatMap { grey in
      levels.map { level in
        let reach = 0.95 * min(level, 1 - level)
        return UInt8((level + reach * (Float(grey) / 127.5 - 1)) * 255 + 0.5)
      }
    }
  }
}
