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
  /// The colours of the grey values 0 to 255 on the film's base, three bytes each.
  public let palette: [UInt8]
  /// One place per finding, in the record's order.
  public let places: [Place]

  /// Renders a record.
  public init(_ record: PhantomRecord, side: Int) {
    let scene = PhantomScene(record)
    self.side = side
    pixels = scene.render(side: side)
    palette = Self.palette(of: record.appearance.base)
    places = scene.lesions.map {
      let place = scene.place($0, side: side)
      return Place(x: place.x, y: place.y, halfWidth: place.halfWidth, halfHeight: place.halfHeight)
    }
  }

  /// A base takes light from the bright end of some channels and leaves its own in the dark end of others.
  private static func palette(of base: PhantomAppearance.Base) -> [UInt8] {
    let channels: [(dark: Int, bright: Int)] =
      switch base {
      case .neutral: [(0, 255), (0, 255), (0, 255)]
      case .blue: [(0, 190), (15, 225), (75, 255)]
      case .amber: [(75, 255), (40, 235), (0, 165)]
      case .green: [(10, 195), (65, 255), (10, 205)]
      }
    return (0..<256).flatMap { grey in
      channels.map { UInt8($0.dark + ($0.bright - $0.dark) * grey / 255) }
    }
  }
}
