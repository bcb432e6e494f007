import Pictures
import Records
import Support

extension ReconstructionRecord {
  /// Row `row` of the batch that `session` has just evaluated. `usage` for a model without an image objective.
  init(_ session: EvaluationSession, _ tasks: BatchTasks, row: Int) throws(Diagnostic) {
    let geometry = session.geometry
    guard let target = session.output("target", as: Float.self), let mask = session.output("mask", as: Float.self),
      let prediction = session.output("prediction_pixels", as: Float.self)
        ?? session.output("prediction", as: Float.self)
    else {
      throw Diagnostic(
        .usage, "this program was built without the image objective, so there is no reconstruction to show",
        notes: ["build it with --set image_objective=true"])
    }
    let patches = PatchGrid(
      count: geometry.patches, channels: geometry.channels, elements: target.count / geometry.batch)
    let batch = session.memory.batches[0].buffers
    let predicted = session.output("predicted_ids", as: Int32.self)
    // A model without the report objective restores no report.
    let length = predicted == nil ? 0 : geometry.reportLength
    let tokens = row * length..<(row + 1) * length
    self.init(
      title: session.list[tasks.records[row]].imagePath, image: patches.image(target, row: row),
      side: patches.grid * patches.side, patch: patches.side,
      mask: Array(mask[row * patches.count..<(row + 1) * patches.count]),
      prediction: patches.colours(prediction, row: row), ids: tokens.map { batch.ids[$0] },
      labels: tokens.map { batch.labels[$0] }, predicted: tokens.map { predicted![$0] })
  }
}

/// The patches of an image in rows, each `side` × `side` pixels of `channels`.
private struct PatchGrid {
  let count: Int
  let channels: Int
  /// Patches along an edge of the image.
  let grid: Int
  let side: Int
  private let elements: Int

  /// `elements`: floats of one image.
  init(count: Int, channels: Int, elements: Int) {
    func root(_ square: Int) -> Int { Int(Double(square).squareRoot().rounded()) }
    self.count = count
    self.channels = channels
    self.elements = elements
    grid = root(count)
    side = root(elements / count / channels)
  }

  /// [L, side² · 3] of a row of the batch; grey becomes three equal channels.
  func colours(_ values: UnsafeMutableBufferPointer<Float>, row: Int) -> [Float] {
    let start = row * elements
    return (0..<count * side * side * 3).map { values[start + $0 / 3 * channels + min($0 % 3, channels - 1)] }
  }

  /// [3, grid · side, grid · side] of a row of the batch.
  func image(_ values: UnsafeMutableBufferPointer<Float>, row: Int) -> [Float] {
    let pixels = colours(values, row: row)
    let width = grid * side
    var image = [Float](repeating: 0, count: 3 * width * width)
    for index in 0..<count * side * side {
      let (patch, pixel) = (index / (side * side), index % (side * side))
      let y = patch / grid * side + pixel / side
      let x = patch % grid * side + pixel % side
      for plane in 0..<3 { image[(plane * width + y) * width + x] = pixels[index * 3 + plane] }
    }
    return image
  }
}
