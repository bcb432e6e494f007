/// The patches of an image in rows, each `side` × `side` pixels of `channels`.
struct PatchGrid {
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
  func colours(_ values: UnsafeBufferPointer<Float>, row: Int) -> [Float] {
    let start = row * elements
    return (0..<count * side * side * 3).map { values[start + $0 / 3 * channels + min($0 % 3, channels - 1)] }
  }

  /// [3, grid · side, grid · side] of a row of the batch.
  func image(_ values: UnsafeBufferPointer<Float>, row: Int) -> [Float] {
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
