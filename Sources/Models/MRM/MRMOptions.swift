import Frontend

/// The options of an MRM model: every ablation of the paper (§4.5) and every point where the paper and the public code
/// differ; the defaults are the public code's.
public struct MRMOptions: Hashable, Sendable {
  /// Which positions the report loss averages over.
  public enum ReportLoss: String, CaseIterable, Sendable {
    /// Every position, padding included (public code).
    case all
    /// Masked positions only (paper, equation 1).
    case masked
  }
  /// The fixed position table.
  public enum PositionEmbedding: String, CaseIterable, Sendable { case mrm, mae }
  /// How patch tokens become the one vector added to the report: global average or maximum pooling.
  public enum Fusion: String, CaseIterable, Sendable { case gap, gmp }
  /// Whether the image decoder also sees the report.
  public enum ImageRestoration: String, CaseIterable, Sendable { case plain, multimodal }

  /// The share of patches hidden from the encoder, 0 ≤ ratio < 1.
  public var imageMaskRatio: Double
  /// Which positions the report loss averages over.
  public var reportLoss: ReportLoss
  /// Whether each target patch is normalised by its own mean and variance.
  public var normPixLoss: Bool
  /// Whether the down-sampling filters before it samples.
  public var antialias: Bool
  /// The fixed position tables of encoder and decoder.
  public var positionEmbedding: PositionEmbedding
  /// Whether the report head's output matrix is the token embedding.
  public var tieEmbeddings: Bool
  /// The rate of all dropouts of the report branch.
  public var dropout: Double
  /// λ: the weight of the image loss.
  public var lambda: Double
  /// Whether reports are restored; without, the model is a masked autoencoder.
  public var reportObjective: Bool
  /// Whether images are restored.
  public var imageObjective: Bool
  /// Whether the target is the high-resolution image.
  public var superResolution: Bool
  /// What the image decoder sees.
  public var imageRestoration: ImageRestoration
  /// How patch tokens become one vector.
  public var fusion: Fusion
  /// Patches the encoder sees, K = ⌊L·(1 − ratio)⌋.
  public var visible: Int

  /// Reads the options. Throws `usage` for a value out of range or options that contradict each other.
  public init(_ options: ModelOptions, _ size: MRMSize) throws(Diagnostic) {
    imageMaskRatio = try options.real("image_mask_ratio", default: 0.75, accepted: "0 ≤ ratio < 1") {
      $0 >= 0 && $0 < 1
    }
    reportLoss = try options.choice("report_loss", default: ReportLoss.all)
    normPixLoss = try options.flag("norm_pix_loss", default: true)
    antialias = try options.flag("antialias", default: false)
    positionEmbedding = try options.choice("pos_embed", default: PositionEmbedding.mrm)
    tieEmbeddings = try options.flag("tie_embeddings", default: false)
    dropout = try options.real("dropout", default: 0.1, accepted: "0 ≤ rate < 1") { $0 >= 0 && $0 < 1 }
    lambda = try options.real("lambda", default: 1, accepted: "a number of at least 0") { $0 >= 0 }
    reportObjective = try options.flag("report_objective", default: true)
    imageObjective = try options.flag("image_objective", default: true)
    superResolution = try options.flag("super_resolution", default: true)
    imageRestoration = try options.choice("image_restoration", default: ImageRestoration.plain)
    fusion = try options.choice("fusion", default: Fusion.gap)
    visible = Int(Double(size.patches) * (1 - imageMaskRatio))
    try check(size)
  }

  private func check(_ size: MRMSize) throws(Diagnostic) {
    if visible == 0 {
      let most = 1 - 1 / Double(size.patches)
      throw Diagnostic(
        .usage, "option image_mask_ratio=\(imageMaskRatio) leaves none of the \(size.patches) patches visible",
        notes: ["at most \(most) leaves one"])
    }
    if !reportObjective && !imageObjective {
      throw Diagnostic(
        .usage, "options report_objective=false and image_objective=false leave nothing to train: keep one of them")
    }
    if imageRestoration == .multimodal && !(reportObjective && imageObjective) {
      throw Diagnostic(
        .usage,
        "option image_restoration=multimodal needs both objectives: it restores the image with the report's help",
        notes: ["leave out report_objective=false and image_objective=false"])
    }
  }
}
