/// One record of a reconstruction sheet: what the model was given, what it restored, and the truth.
public struct ReconstructionRecord: Sendable {
  /// What the record is called, above its row: an image path, say.
  public var title: String
  /// The target image `[3, side, side]` in the model's units.
  public var image: [Float]
  /// Pixels along each edge of the image.
  public var side: Int
  /// Pixels along each edge of a patch of the image; `side / patch` patches make an edge.
  public var patch: Int
  /// `[L]`, 1 where the patch was removed.
  public var mask: [Float]
  /// `[L, patch * patch * 3]`, pixels in order (row, column, channel), in the image's units.
  public var prediction: [Float]
  /// `[T]` token ids as the model read them, some replaced by the mask token. The three token rows are empty where the
  /// model restores no report.
  public var ids: [Int32]
  /// `[T]` the true ids.
  public var labels: [Int32]
  /// `[T]` the ids the model restores; read at masked positions only.
  public var predicted: [Int32]

  public init(
    title: String, image: [Float], side: Int, patch: Int, mask: [Float], prediction: [Float], ids: [Int32],
    labels: [Int32], predicted: [Int32]
  ) {
    let patches = side / patch
    precondition(patches * patch == side && image.count == 3 * side * side, "the image is [3, side, side]")
    precondition(mask.count == patches * patches, "the mask is [L]")
    precondition(prediction.count == mask.count * patch * patch * 3, "the prediction is [L, patch * patch * 3]")
    precondition(ids.count == labels.count && ids.count == predicted.count, "the token rows are of one length")
    self.title = title
    self.image = image
    self.side = side
    self.patch = patch
    self.mask = mask
    self.prediction = prediction
    self.ids = ids
    self.labels = labels
    self.predicted = predicted
  }

  /// Turns a prediction of patches that were normalised each by its own mean and unbiased variance (the option
  /// `norm_pix_loss`) back into the image's units, with the true patch's mean and variance.
  public mutating func denormalizePatches(epsilon: Float = 1e-6) {
    let size = patch * patch * 3
    for index in mask.indices {
      var sum: Float = 0
      forEachPixel(of: index) { at, _ in sum += image[at] }
      let mean = sum / Float(size)
      var squares: Float = 0
      forEachPixel(of: index) { at, _ in squares += (image[at] - mean) * (image[at] - mean) }
      let deviation = (squares / Float(size - 1) + epsilon).squareRoot()
      for at in index * size..<(index + 1) * size { prediction[at] = prediction[at] * deviation + mean }
    }
  }

  /// The truth in display values.
  var truth: PlanarImage { PlanarImage(side: side, normalized: image) }

  /// The truth at the lower resolution that the encoder reads.
  func input(shrink: Int) -> PlanarImage { truth.pixelated(by: shrink) }

  /// The predicted patches where they were removed, the given ones elsewhere.
  var reconstruction: PlanarImage {
    var result = truth
    for index in mask.indices where mask[index] != 0 {
      forEachPixel(of: index) { at, source in
        let value = prediction[source] * PlanarImage.pixelDeviation + PlanarImage.pixelMean
        result.values[at] = max(0, min(1, value))
      }
    }
    return result
  }

  /// Calls `body` with the place of each pixel of a patch in the image and in the prediction.
  private func forEachPixel(of index: Int, _ body: (_ image: Int, _ prediction: Int) -> Void) {
    let patches = side / patch
    let (top, left) = (index / patches * patch, index % patches * patch)
    for row in 0..<patch {
      for column in 0..<patch {
        for channel in 0..<3 {
          body(
            (channel * side + top + row) * side + left + column,
            index * patch * patch * 3 + (row * patch + column) * 3 + channel)
        }
      }
    }
  }
}
