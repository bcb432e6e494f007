/// The evaluation crop: the shorter side resized to `size`, then the centre square (torchvision's Resize, CenterCrop).
public struct CenterCrop: Sendable, Hashable {
  /// The side of the result.
  public var size: Int

  public var interpolation: ImageFeed.Interpolation

  public init(size: Int, interpolation: ImageFeed.Interpolation = .bicubic) {
    self.size = size
    self.interpolation = interpolation
  }

  /// The crop of a feed's pictures.
  public init(_ feed: ImageFeed) { self.init(size: feed.side, interpolation: feed.crop.interpolation) }

  /// The crop of an image of `width` × `height` pixels.
  public func plan(width: Int, height: Int) -> CropPlan {
    let longer = max(width, height) * size / min(width, height)
    let margin = Int((Double(longer - size) / 2).rounded(.toNearestOrEven))
    let isWide = width > height
    return CropPlan(
      left: 0, top: 0, width: width, height: height, resizedWidth: isWide ? longer : size,
      resizedHeight: isWide ? size : longer, windowLeft: isWide ? margin : 0, windowTop: isWide ? 0 : margin,
      size: size, interpolation: interpolation)
  }
}
