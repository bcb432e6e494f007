import Pictures
import Records
import Support

/// What the model makes of one record: the image as it sees it, as it restores it, as it is; and the report's tokens.
struct Reconstruction {
  /// One token of the report.
  struct Token {
    var text: String
    /// What the model predicts where the token was masked; nil where it was visible.
    var predicted: String?
  }

  var name: String
  var masked: PlanarImage
  var restored: PlanarImage
  var truth: PlanarImage
  var tokens: [Token]

  /// Row `row` of the batch that `session` has just evaluated. `usage` for a model without an image objective.
  init(_ session: EvaluationSession, _ tasks: BatchTasks, row: Int, side: Int) throws(Diagnostic) {
    guard let target = session.output("target", as: Float.self),
      let mask = session.output("mask", as: Float.self),
      let prediction = session.output("prediction_pixels", as: Float.self)
        ?? session.output("prediction", as: Float.self)
    else { throw Diagnostic(.usage, "this model has no image objective, so there is no reconstruction to show") }
    let patches = Patches(
      count: session.geometry.patches, channels: session.geometry.channels, row: row,
      target.count / session.geometry.batch)
    let hidden = (0..<patches.count).map { mask[row * patches.count + $0] > 0.5 }
    name = tasks.recordNames[row]
    masked = patches.image { patch, offset in hidden[patch] ? 0 : target[offset] }
    restored = patches.image { patch, offset in hidden[patch] ? prediction[offset] : target[offset] }
    truth = patches.image { _, offset in target[offset] }
    tokens = Self.tokens(session, row: row, side: side)
  }

  private static func tokens(_ session: EvaluationSession, row: Int, side: Int) -> [Token] {
    guard let predicted = session.output("predicted_ids", as: Int32.self) else { return [] }
    let length = session.geometry.reportLength
    let buffers = session.memory.batches[side].buffers
    let positions = (row * length..<(row + 1) * length).filter { buffers.attentionMask[$0] != 0 }
    let labels = session.tokenizer.decode(positions.map { buffers.labels[$0] })
    let guesses = session.tokenizer.decode(positions.map { predicted[$0] })
    return positions.indices.map { index in
      let isMasked = buffers.ids[positions[index]] != buffers.labels[positions[index]]
      return Token(text: labels[index], predicted: isMasked ? guesses[index] : nil)
    }
  }
}

/// The patches of one image, each `side` × `side` pixels of `channels`, in rows.
private struct Patches {
  let count: Int
  let channels: Int
  let grid: Int
  let side: Int
  /// Where the image's first patch begins, in floats.
  let start: Int

  init(count: Int, channels: Int, row: Int, _ elements: Int) {
    self.count = count
    self.channels = channels
    grid = Self.root(count)
    side = Self.root(elements / count / channels)
    start = row * elements
  }

  private static func root(_ square: Int) -> Int { Int(Double(square).squareRoot().rounded()) }

  /// The image whose normalised pixels are `value(patch, offset)`; grey images get three equal planes.
  func image(_ value: (Int, Int) -> Float) -> PlanarImage {
    let width = grid * side
    var values = [Float](repeating: 0, count: 3 * width * width)
    for patch in 0..<count {
      for pixel in 0..<side * side {
        let y = patch / grid * side + pixel / side
        let x = patch % grid * side + pixel % side
        for plane in 0..<3 {
          let offset = start + (patch * side * side + pixel) * channels + min(plane, channels - 1)
          values[(plane * width + y) * width + x] = value(patch, offset)
        }
      }
    }
    return PlanarImage(side: width, normalized: values)
  }
}
