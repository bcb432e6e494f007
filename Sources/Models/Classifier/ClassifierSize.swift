/// The dimensions of a classifier: those of an MRM encoder.
struct ClassifierSize: Hashable, Sendable {
  /// The model's name, as `mrmc models` lists it.
  var name: String
  /// One line for people.
  var summary: String
  /// Side of the picture unless `image_size` says otherwise, in pixels.
  var side: Int
  /// Side of a patch, in pixels.
  var patch: Int
  var channels: Int
  /// Width of the encoder, D.
  var width: Int
  /// Blocks of the encoder.
  var depth: Int
  /// Attention heads of the encoder.
  var heads: Int

  /// The encoder of an MRM model.
  init(_ name: String, _ summary: String, encoderOf size: MRMSize) {
    self.name = name
    self.summary = summary
    side = size.side
    patch = size.patch
    channels = size.channels
    width = size.width
    depth = size.depth
    heads = size.heads
  }

  /// All, smallest first.
  static let all = [
    ClassifierSize("vit-nano", "smallest classifier, 32-pixel images: for tests", encoderOf: .nano),
    ClassifierSize("vit-tiny", "classifier on the encoder of mrm-tiny, 112-pixel images", encoderOf: .tiny),
    ClassifierSize("vit-b16", "the published fine-tuning: ViT-B/16 classifier, 224-pixel images", encoderOf: .base),
  ]
}
