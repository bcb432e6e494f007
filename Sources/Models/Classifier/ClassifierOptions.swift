import Frontend

/// The options of a classifier; the defaults are the public code's.
struct ClassifierOptions: Hashable, Sendable {
  /// Each finding for itself, or one class of several.
  enum Loss: String, CaseIterable, Sendable { case bce, softmax }
  /// Which tokens the head reads.
  enum Pooling: String, CaseIterable, Sendable {
    /// The mean of the patch tokens, normalised by `fc_norm`.
    case average
    /// The class token, normalised by `norm`.
    case `class`
  }
  /// Whether the position table is trained.
  enum Positions: String, CaseIterable, Sendable { case learned, fixed }
  /// Which layers keep their values.
  enum Freeze: String, CaseIterable, Sendable { case none, encoder }
  /// Layers after pooling.
  enum Head: String, CaseIterable, Sendable {
    case linear
    /// One hidden layer of the encoder's width with GELU before the linear one.
    case mlp
  }
  enum OptimizerName: String, CaseIterable, Sendable { case sgd, adamw }
  /// How branches of blocks are dropped for a record.
  enum DropPath: Hashable, Sendable {
    /// Drawn from the seed; the rate rises linearly from 0 in the first block to this in the last.
    case drawn(Double)
    /// By the inputs `keep` and `keep_prob`.
    case given
  }

  var labels: [String]
  var loss: Loss
  var pooling: Pooling
  var positions: Positions
  var dropPath: DropPath
  var imageSize: Int
  var freeze: Freeze
  var missing: LabelFeed.Missing
  var head: Head
  /// The largest norm of all gradients; nil: not clipped.
  var clip: Double?
  var optimizer: OptimizerName
  /// The factor of the learning rate from one block to the one before it.
  var layerDecay: Double

  init(_ options: ModelOptions, _ size: ClassifierSize) throws(Diagnostic) {
    labels = try options.names("labels", default: "14")
    loss = try options.choice("loss", default: Loss.bce)
    pooling = try options.choice("pooling", default: Pooling.average)
    positions = try options.choice("positions", default: Positions.learned)
    let drop = try options.text("drop_path", default: "0.1", accepted: "0 ≤ rate < 1, or given")
    if drop == "given" {
      dropPath = .given
    } else {
      guard let rate = Double(drop), (0..<1).contains(rate) else {
        throw Diagnostic(.usage, "option drop_path=\(drop): expected 0 ≤ rate < 1, or given", notes: ["default: 0.1"])
      }
      dropPath = .drawn(rate)
    }
    imageSize = try options.integer("image_size", default: size.side, in: size.patch...8192)
    freeze = try options.choice("freeze", default: Freeze.none)
    missing = try options.choice("missing", default: LabelFeed.Missing.zero)
    head = try options.choice("head", default: Head.linear)
    let limit = try options.real("clip", default: 1, accepted: "a norm above 0, or 0 for none") { $0 >= 0 }
    clip = limit == 0 ? nil : limit
    optimizer = try options.choice("optimizer", default: OptimizerName.sgd)
    layerDecay = try options.real("layer_decay", default: 1, accepted: "0 < factor ≤ 1") { $0 > 0 && $0 <= 1 }
    if imageSize % size.patch != 0 {
      throw Diagnostic(
        .usage, "option image_size=\(imageSize): expected a multiple of \(size.patch), the side of a patch")
    }
    if loss == .softmax {
      if labels.count < 2 { throw Diagnostic(.usage, "option loss=softmax needs two labels or more") }
      if missing != .zero {
        throw Diagnostic(.usage, "option missing=\(missing.rawValue) goes with loss=bce: every record has one class")
      }
    }
  }
}
