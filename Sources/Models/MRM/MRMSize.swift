/// The dimensions of an MRM model.
public struct MRMSize: Hashable, Sendable {
  /// The model's name, as `mrmc models` lists it.
  public var name: String
  /// One line for people.
  public var summary: String
  /// Side of the low-resolution image, the encoder's input, in pixels; the input image has twice this side.
  public var side: Int
  /// Side of a low-resolution patch, in pixels.
  public var patch: Int
  /// Colours of a pixel.
  public var channels = 3
  /// Width of the image encoder, D.
  public var width: Int
  /// Blocks of the image encoder.
  public var depth: Int
  /// Attention heads of the image encoder.
  public var heads: Int
  /// Width of the image decoder.
  public var decoderWidth: Int
  /// Blocks of the image decoder.
  public var decoderDepth: Int
  /// Attention heads of the image decoder.
  public var decoderHeads: Int
  /// Entries of the vocabulary, V.
  public var vocabulary: Int
  /// Tokens per report, T.
  public var tokens: Int
  /// Width of the report branch, R.
  public var reportWidth: Int
  /// Layers of the report branch.
  public var reportDepth: Int
  /// Attention heads of the report branch.
  public var reportHeads: Int

  /// A size of one's own; `MRM.module` checks that its numbers go together.
  public init(
    name: String, summary: String, side: Int, patch: Int, channels: Int = 3, width: Int, depth: Int, heads: Int,
    decoderWidth: Int, decoderDepth: Int, decoderHeads: Int, vocabulary: Int, tokens: Int, reportWidth: Int,
    reportDepth: Int, reportHeads: Int
  ) {
    self.name = name
    self.summary = summary
    self.side = side
    self.patch = patch
    self.channels = channels
    self.width = width
    self.depth = depth
    self.heads = heads
    self.decoderWidth = decoderWidth
    self.decoderDepth = decoderDepth
    self.decoderHeads = decoderHeads
    self.vocabulary = vocabulary
    self.tokens = tokens
    self.reportWidth = reportWidth
    self.reportDepth = reportDepth
    self.reportHeads = reportHeads
  }

  /// Side of the input image, in pixels.
  public var imageSide: Int { 2 * side }
  /// Patches along one side.
  public var grid: Int { side / patch }
  /// Patches of an image, L.
  public var patches: Int { grid * grid }
}

extension MRMSize {
  /// `usage` unless every number is positive, widths are multiples of their heads, the side of the patch, and the widths
  /// of the image branches of 4, as the position tables need.
  func check() throws(Diagnostic) {
    let numbers = [
      ("side", side, patch, "patch"), ("channels", channels, 1, ""), ("width", width, heads, "heads"),
      ("width", width, 4, "4"), ("depth", depth, 1, ""), ("decoderWidth", decoderWidth, decoderHeads, "decoderHeads"),
      ("decoderWidth", decoderWidth, 4, "4"), ("decoderDepth", decoderDepth, 1, ""), ("vocabulary", vocabulary, 1, ""),
      ("tokens", tokens, 1, ""), ("reportWidth", reportWidth, reportHeads, "reportHeads"),
      ("reportDepth", reportDepth, 1, ""),
    ]
    for (label, number, divisor, of) in numbers where number < 1 || divisor < 1 || number % divisor != 0 {
      let wanted = of.isEmpty ? "1 or more" : "a multiple of \(of)" + (Int(of) == nil ? " (\(divisor))" : "")
      throw Diagnostic(.usage, "\(name): \(label) is \(number), expected \(wanted)")
    }
  }
}

extension MRMSize {
  /// The smallest: for tests and for reading its IR.
  public static let nano = MRMSize(
    name: "mrm-nano", summary: "smallest MRM, 64-pixel images: for tests and for reading its IR",
    side: 32, patch: 8, width: 32, depth: 2, heads: 2, decoderWidth: 24, decoderDepth: 1, decoderHeads: 2,
    vocabulary: 64, tokens: 12, reportWidth: 16, reportDepth: 2, reportHeads: 2)

  /// Small enough to train on a laptop.
  public static let tiny = MRMSize(
    name: "mrm-tiny", summary: "small MRM, 224-pixel images: trains on a laptop",
    side: 112, patch: 16, width: 192, depth: 4, heads: 3, decoderWidth: 128, decoderDepth: 2, decoderHeads: 2,
    vocabulary: 30000, tokens: 100, reportWidth: 128, reportDepth: 2, reportHeads: 2)

  /// The published model (paper, §4.2).
  public static let base = MRMSize(
    name: "mrm-vit-b16", summary: "the published MRM: ViT-B/16, 448-pixel images",
    side: 224, patch: 16, width: 768, depth: 12, heads: 12, decoderWidth: 768, decoderDepth: 4, decoderHeads: 6,
    vocabulary: 30000, tokens: 100, reportWidth: 384, reportDepth: 6, reportHeads: 6)

  /// As `base`, with the encoder of ViT-L/16.
  public static let large: MRMSize = {
    var size = base
    size.name = "mrm-vit-l16"
    size.summary = "MRM with a ViT-L/16 encoder, 448-pixel images"
    (size.width, size.depth, size.heads) = (1024, 24, 16)
    return size
  }()

  /// All, smallest first.
  public static let all = [nano, tiny, base, large]
}
