import Support

/// Position embeddings `[prefix + rows · columns, width]`: rows of their own (a class token's), then a grid by rows.
public struct PositionTable: Sendable, Hashable {
  /// Rows before the grid, which belong to no place: 1 for a class token, 2 with one for distillation, 0.
  public let prefix: Int
  /// Places for which the table has rows.
  public let grid: GridSize
  /// Channels.
  public let width: Int
  /// The rows one after the other.
  public let values: [Float]

  /// Takes `(prefix + grid.rows · grid.columns) · width` values.
  public init(values: [Float], prefix: Int, grid: GridSize, width: Int) {
    precondition(values.count == (prefix + grid.rows * grid.columns) * width)
    (self.values, self.prefix, self.grid, self.width) = (values, prefix, grid, width)
  }

  /// Takes a tensor `[1, prefix + g · g, width]` or `[prefix + g · g, width]` as a file holds it. `badData` when the shape is
  /// another, or when what is left of the rows is no square.
  public init(values: [Float], shape: [Int], prefix: Int) throws(Diagnostic) {
    let axes = shape.count == 3 && shape[0] == 1 ? Array(shape.dropFirst()) : shape
    guard axes.count == 2, axes.allSatisfy({ $0 > 0 }), axes[0] * axes[1] == values.count else {
      throw Diagnostic(.badData, "a position table has shape \(shape), expected [1, rows, width]")
    }
    let places = axes[0] - prefix
    let side = Int(Double(max(0, places)).squareRoot().rounded())
    guard places > 0, side * side == places else {
      throw Diagnostic(
        .badData, "a position table has \(axes[0]) rows; without \(prefix) of their own they are no square grid")
    }
    self.init(values: values, prefix: prefix, grid: GridSize(rows: side, columns: side), width: axes[1])
  }

  /// The table for another grid: rows before the grid are copied, and all of it when the grid is the same. Computed in f64,
  /// rounded once.
  public func resampled(to grid: GridSize, by method: GridInterpolation) -> PositionTable {
    if grid == self.grid { return self }
    let down = method.taps(from: self.grid.rows, to: grid.rows)
    let across = method.taps(from: self.grid.columns, to: grid.columns)
    var result = Array(values[..<(prefix * width)])
    result.reserveCapacity((prefix + grid.rows * grid.columns) * width)
    for vertical in down {
      let line = blendedRows(vertical)
      for horizontal in across {
        var place = [Double](repeating: 0, count: width)
        for (index, weight) in horizontal.weights.enumerated() {
          let start = (horizontal.first + index) * width
          for channel in 0..<width { place[channel] += weight * line[start + channel] }
        }
        result += place.map { Float($0) }
      }
    }
    return PositionTable(values: result, prefix: prefix, grid: grid, width: width)
  }

  /// One line of the grid, `[columns, width]`, blended from those that `taps` name.
  private func blendedRows(_ taps: GridInterpolation.Taps) -> [Double] {
    let length = grid.columns * width
    var line = [Double](repeating: 0, count: length)
    for (index, weight) in taps.weights.enumerated() {
      let start = prefix * width + (taps.first + index) * length
      for place in 0..<length { line[place] += weight * Double(values[start + place]) }
    }
    return line
  }
}
