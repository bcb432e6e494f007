/// Pictures `[B, C, S, S]`, f32.
public struct ImageFeed: Hashable, Sendable {
  /// Name of the feed's only tensor.
  public static let pixels = "pixels"

  /// The column of the list that holds the file's path, relative to the list.
  public var column: String
  /// S: side of the square the model sees, in pixels.
  public var side: Int
  /// C: 3, or 1 for a model of grey images.
  public var channels: Int
  /// The random part of the picture that training takes.
  public var crop: Crop
  public var normalization: Normalization

  /// How a picture is enlarged or shrunk; both filter before they sample (as PIL does).
  public enum Interpolation: String, Hashable, Sendable, CaseIterable { case bicubic, bilinear }

  /// torchvision's RandomResizedCrop and a flip. Evaluation resizes the shorter side to S and takes the centre instead.
  public struct Crop: Hashable, Sendable {
    /// The part of the area that a crop has, from and to.
    public var scale: [Double]
    /// Width over height, from and to; drawn uniformly in its logarithm.
    public var ratio: [Double]
    /// The probability of a mirrored picture.
    public var flip: Double
    public var interpolation: Interpolation

    public init(
      scale: ClosedRange<Double>, ratio: ClosedRange<Double> = 3.0 / 4.0...4.0 / 3.0, flip: Double = 0.5,
      interpolation: Interpolation = .bicubic
    ) {
      self.scale = [scale.lowerBound, scale.upperBound]
      self.ratio = [ratio.lowerBound, ratio.upperBound]
      self.flip = flip
      self.interpolation = interpolation
    }

    /// Pre-training's: 0.2 to 1 of the area, bicubic.
    public static let pretraining = Crop(scale: 0.2...1)
    /// Fine-tuning's: 0.08 to 1 of the area, bilinear.
    public static let finetuning = Crop(scale: 0.08...1, interpolation: .bilinear)
  }

  /// out = (pixel / 255 − mean) / std, the same for all channels.
  public struct Normalization: Hashable, Sendable {
    public var mean: Double
    public var std: Double

    public init(mean: Double, std: Double) {
      self.mean = mean
      self.std = std
    }

    /// The statistics of MIMIC-CXR that masked record modeling uses.
    public static let mimic = Normalization(mean: 0.4978, std: 0.2449)
  }

  public init(
    column: String = "image_path", side: Int, channels: Int = 3, crop: Crop, normalization: Normalization = .mimic
  ) {
    self.column = column
    self.side = side
    self.channels = channels
    self.crop = crop
    self.normalization = normalization
  }
}
