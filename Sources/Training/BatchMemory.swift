import Records
import Support

/// The tensors of one micro-batch. Training keeps two: one is filled while the other is trained on.
final class BatchMemory: Sendable {
  static let names = ["image", "noise", "ids", "labels", "attention_mask"]

  let tensors: TensorBlock
  let buffers: BatchBuffers

  init(_ geometry: BatchGeometry) throws(Diagnostic) {
    let sizes = Self.sizes(geometry)
    var named: [(name: String, byteCount: Int)] = []
    for (name, size) in zip(Self.names, sizes) { named.append((name, size)) }
    tensors = try TensorBlock(named)
    buffers = BatchBuffers(
      image: tensors.pointer("image", as: Float.self), noise: tensors.pointer("noise", as: Float.self),
      ids: tensors.pointer("ids", as: Int32.self), labels: tensors.pointer("labels", as: Int32.self),
      attentionMask: tensors.pointer("attention_mask", as: Int32.self))
  }

  /// Bytes of image, noise, ids, labels and attention mask.
  static func sizes(_ geometry: BatchGeometry) -> [Int] {
    let report = geometry.batch * geometry.reportLength * 4
    return [
      geometry.batch * geometry.channels * geometry.imageSize * geometry.imageSize * 4,
      geometry.batch * geometry.patches * 4, report, report, report,
    ]
  }
}

extension Manifest {
  /// What the loader must fill.
  var batchGeometry: BatchGeometry {
    BatchGeometry(
      batch: batch, imageSize: geometry.imageSize, channels: geometry.channels, reportLength: geometry.tokens,
      patches: geometry.patches, vocabulary: geometry.vocabulary)
  }
}
