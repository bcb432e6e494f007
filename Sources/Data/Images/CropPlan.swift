import CImageOps
import Contract

/// Which part of an image becomes the model's input: the crop is resized (anti-aliased) to
/// `resizedWidth` × `resizedHeight`, of which the `size` × `size` window at (`windowLeft`, `windowTop`) is taken.
/// Lengths are pixels of the image as its file states them.
public struct CropPlan: Sendable, Hashable {
  public var left: Int
  public var top: Int
  public var width: Int
  public var height: Int
  public var resizedWidth: Int
  public var resizedHeight: Int
  public var windowLeft: Int
  public var windowTop: Int
  /// The side of the result.
  public var size: Int
  /// Mirrored left to right.
  public var isFlipped: Bool
  public var interpolation: ImageFeed.Interpolation

  /// The crop at (`left`, `top`), resized to `resizedWidth` × `resizedHeight`: all of it, or the window given.
  public init(
    left: Int, top: Int, width: Int, height: Int, resizedWidth: Int, resizedHeight: Int, windowLeft: Int = 0,
    windowTop: Int = 0, size: Int, isFlipped: Bool = false, interpolation: ImageFeed.Interpolation = .bicubic
  ) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
    self.resizedWidth = resizedWidth
    self.resizedHeight = resizedHeight
    self.windowLeft = windowLeft
    self.windowTop = windowTop
    self.size = size
    self.isFlipped = isFlipped
    self.interpolation = interpolation
  }

  var resamplePlan: mrm_resample_plan {
    var plan = mrm_resample_plan()
    plan.left = UInt32(left)
    plan.top = UInt32(top)
    plan.width = UInt32(width)
    plan.height = UInt32(height)
    plan.resized_width = UInt32(resizedWidth)
    plan.resized_height = UInt32(resizedHeight)
    plan.window_left = UInt32(windowLeft)
    plan.window_top = UInt32(windowTop)
    plan.size = UInt32(size)
    plan.flip = isFlipped ? 1 : 0
    plan.filter = interpolation == .bilinear ? MRM_IMAGE_BILINEAR : MRM_IMAGE_BICUBIC
    return plan
  }
}
