import Interpolation

/// How a file's position table `[1, 1 + g², D]` becomes a parameter's `[1, 1 + h², D]`.
struct PositionChange: CustomStringConvertible {
  /// The grid of the file.
  let from: GridSize
  /// The grid of the model.
  let to: GridSize
  let width: Int
  let method: GridInterpolation

  /// What can be done for a parameter.
  enum Verdict {
    case change(PositionChange)
    /// It is a position table, and the file's is none that could be interpolated.
    case impossible(String)
    /// The parameter is no position table.
    case noTable
  }

  /// Compares a file's shape, which is another than the parameter's, with the parameter.
  static func between(
    _ found: [Int], _ parameter: ProgramDescription.Input, _ method: GridInterpolation
  ) -> Verdict {
    guard case .sincos2D(let width, let side, _) = parameter.role.parameter?.initializer else { return .noTable }
    let grid = GridSize(rows: side, columns: side)
    guard found.count == 3, found[0] == 1, found[2] == width, parameter.type.shape == [1, 1 + side * side, width] else {
      return .impossible("a position table has rows of \(width) numbers: [1, 1 + places, \(width)]")
    }
    let rows = found[1]
    if let places = root(rows - 1) {
      return .change(
        PositionChange(from: GridSize(rows: places, columns: places), to: grid, width: width, method: method))
    }
    if let places = root(rows) {
      return .impossible(
        "its \(rows) rows are a grid of \(places)x\(places) without a class token's row: "
          + "the model has 1 + \(side * side) rows")
    }
    return .impossible("its \(rows) rows are not 1 + places of a square grid: the model has 1 + \(side * side)")
  }

  private static func root(_ places: Int) -> Int? {
    guard places > 0, places <= 1 << 40 else { return nil }
    let side = Int(Double(places).squareRoot().rounded())
    return side * side == places ? side : nil
  }

  /// The table `[1 + g², D]` for the model's grid.
  func apply(_ values: [Float]) -> [Float] {
    PositionTable(values: values, prefix: 1, grid: from, width: width).resampled(to: to, by: method).values
  }

  /// `positions on a grid of 14x14 become 32x32`.
  var description: String { "positions on a grid of \(from) become \(to)" }
}
