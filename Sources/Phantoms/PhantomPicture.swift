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
  /// One place per finding, in the record's order.
  public let places: [Place]

  /// Renders a record.
  public init(_ record: PhantomRecord, side: Int) {
    let scene = PhantomScene(record)
    self.side = side
    pixels = scene.render(side: side)
    places = scene.lesions.map {
      let place = scene.place($0, side: side)
      return Place(x: place.x, y: place.y, halfWidth: place.halfWidth, halfHeight: place.halfHeight)
    }
  }
}
