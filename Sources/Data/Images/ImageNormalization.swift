/// The input scale of a model: out = (pixel / 255 − mean) / std, the same for all channels.
public struct ImageNormalization: Sendable, Hashable {
  public var mean: Float
  public var std: Float

  public init(mean: Float, std: Float) {
    self.mean = mean
    self.std = std
  }

  /// The statistics of MIMIC-CXR that masked record modeling uses.
  public static let mimic = ImageNormalization(mean: 0.4978, std: 0.2449)
}
