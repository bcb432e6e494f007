/// The sizes of a model's batch tensors, fixed when the program was built.
public struct BatchGeometry: Sendable, Hashable {
  /// B: records in a micro-batch.
  public var batch: Int
  /// S: the side of the square input image.
  public var imageSize: Int
  /// C: 3, or 1 for a model of grey images.
  public var channels: Int
  /// T: tokens of a report, `[CLS]` and padding counted.
  public var reportLength: Int
  /// L: patches of an image, one number of noise each.
  public var patches: Int
  /// V: the ids a model knows are 0 ..< V.
  public var vocabulary: Int

  public init(batch: Int, imageSize: Int, channels: Int = 3, reportLength: Int, patches: Int, vocabulary: Int) {
    self.batch = batch
    self.imageSize = imageSize
    self.channels = channels
    self.reportLength = reportLength
    self.patches = patches
    self.vocabulary = vocabulary
  }

  /// Floats in the image of one record.
  var imageElements: Int { channels * imageSize * imageSize }
}

/// Where the tensors of one batch are written: row-major, owned by the caller, who keeps two sets to fill one while the
/// other is trained on.
public struct BatchBuffers: @unchecked Sendable {
  /// [B, C, S, S], normalised.
  public var image: UnsafeMutablePointer<Float>
  /// [B, L], uniform in [0, 1).
  public var noise: UnsafeMutablePointer<Float>
  /// [B, T], masked.
  public var ids: UnsafeMutablePointer<Int32>
  /// [B, T], the ids before masking.
  public var labels: UnsafeMutablePointer<Int32>
  /// [B, T], 1 on tokens and 0 on padding.
  public var attentionMask: UnsafeMutablePointer<Int32>

  public init(
    image: UnsafeMutablePointer<Float>, noise: UnsafeMutablePointer<Float>, ids: UnsafeMutablePointer<Int32>,
    labels: UnsafeMutablePointer<Int32>, attentionMask: UnsafeMutablePointer<Int32>
  ) {
    self.image = image
    self.noise = noise
    self.ids = ids
    self.labels = labels
    self.attentionMask = attentionMask
  }
}
