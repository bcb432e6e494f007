import CImageOps

/// Which part of an image becomes the model's input: the crop is resized (bicubic, anti-aliased) to
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

  /// The crop at (`left`, `top`), resized to `resizedWidth` × `resizedHeight`: all of it, or the window given.
  public init(
    left: Int, top: Int, width: Int, height: Int, resizedWidth: Int, resizedHeight: Int, windowLeft: Int = 0,
    windowTop: Int = 0, size: Int, isFlipped: Bool = false
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
  }

  /// The reduction at which a JPEG can be decoded and still have twice the detail that the result shows: 1, 2, 4 or 8.
  public var reduction: Int {
    let scale = min(width / resizedWidth, height / resizedHeight) / 2
    return scale >= 8 ? 8 : scale >= 4 ? 4 : scale >= 2 ? 2 : 1
  }

  /// The plan in the pixels of an image decoded at 1/`reduction` of its size.
  func resamplePlan(decodedWidth: Int, decodedHeight: Int, reduction: Int) -> mrm_resample_plan {
    let horizontal = Span(left, width, reduction: reduction, decoded: decodedWidth)
    let vertical = Span(top, height, reduction: reduction, decoded: decodedHeight)
    var plan = mrm_resample_plan()
    plan.left = UInt32(horizontal.first)
    plan.width = UInt32(horizontal.count)
    plan.top = UInt32(vertical.first)
    plan.height = UInt32(vertical.count)
    plan.box = (horizontal.low, vertical.low, horizontal.high, vertical.high)
    plan.resized_width = UInt32(resizedWidth)
    plan.resized_height = UInt32(resizedHeight)
    plan.window_left = UInt32(windowLeft)
    plan.window_top = UInt32(windowTop)
    plan.size = UInt32(size)
    plan.flip = isFlipped ? 1 : 0
    return plan
  }

  /// The whole pixels `first` ..< `first + count` that hold an interval, and the interval within them.
  private struct Span {
    var first: Int
    var count: Int
    var low: Double
    var high: Double

    init(_ start: Int, _ length: Int, reduction: Int, decoded: Int) {
      let from = Double(start) / Double(reduction)
      let to = min(Double(start + length) / Double(reduction), Double(decoded))
      first = Int(from)
      count = Int(to.rounded(.up)) - first
      low = from - Double(first)
      high = to - Double(first)
    }
  }
}
