import Glibc

/// The training crop: a random part of the image, resized to a square, mirrored half of the time.
/// torchvision's RandomResizedCrop: ten tries, then the largest centred crop whose shape is allowed.
public struct RandomResizedCrop: Sendable, Hashable {
  /// The side of the result.
  public var size: Int
  /// The part of the area that a crop has.
  public var scale: Range<Double>
  /// Width over height; drawn uniformly in its logarithm.
  public var ratio: Range<Double>
  /// The probability of a mirrored image.
  public var flip: Double
  public var interpolation: ImageFeed.Interpolation

  public init(size: Int, _ crop: ImageFeed.Crop = .pretraining) {
    self.size = size
    scale = crop.scale[0]..<crop.scale[1]
    ratio = crop.ratio[0]..<crop.ratio[1]
    flip = crop.flip
    interpolation = crop.interpolation
  }

  /// The crop of a feed's pictures.
  public init(_ feed: ImageFeed) { self.init(size: feed.side, feed.crop) }

  /// Draws the crop of an image of `width` × `height` pixels.
  public func plan(width: Int, height: Int, stream: inout RandomStream) -> CropPlan {
    let isFlipped = stream.nextDouble() < flip
    for _ in 0..<10 {
      let area = Double(width * height) * stream.nextDouble(in: scale)
      let aspect = exp(stream.nextDouble(in: log(ratio.lowerBound)..<log(ratio.upperBound)))
      let cropWidth = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
      let cropHeight = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
      guard (1...width).contains(cropWidth), (1...height).contains(cropHeight) else { continue }
      let top = stream.nextInt(below: height - cropHeight + 1)
      let left = stream.nextInt(below: width - cropWidth + 1)
      return plan(left, top, cropWidth, cropHeight, isFlipped)
    }
    return fallback(width, height, isFlipped)
  }

  private func fallback(_ width: Int, _ height: Int, _ isFlipped: Bool) -> CropPlan {
    let shape = Double(width) / Double(height)
    var cropWidth = width
    var cropHeight = height
    if shape < ratio.lowerBound {
      cropHeight = Int((Double(width) / ratio.lowerBound).rounded(.toNearestOrEven))
    } else if shape > ratio.upperBound {
      cropWidth = Int((Double(height) * ratio.upperBound).rounded(.toNearestOrEven))
    }
    return plan((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight, isFlipped)
  }

  private func plan(_ left: Int, _ top: Int, _ width: Int, _ height: Int, _ isFlipped: Bool) -> CropPlan {
    CropPlan(
      left: left, top: top, width: width, height: height, resizedWidth: size, resizedHeight: size, size: size,
      isFlipped: isFlipped, interpolation: interpolation)
  }
}
