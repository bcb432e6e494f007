import Interpolation
import Support
import Testing

@Suite struct PositionTableTests {
  @Test(arguments: GridInterpolation.allCases)
  func tablesAreThoseOfPyTorch(_ method: GridInterpolation) throws {
    let path = "\(directoryName(#filePath))/Samples/positions.json"
    let sample = try JSON.parse(bytes: try readFile(path), file: path)
    let width = try #require(sample["width"]?.intValue)
    let cases = try #require(sample["cases"]?.elements)
    #expect(cases.count == 9)
    for one in cases {
      let size = { (key: String) in try #require(one[key]?.intValue) }
      let numbers = { (key: String) in try #require(one[key]?.elements).compactMap { $0.doubleValue.map(Float.init) } }
      let (prefix, side) = (try size("prefix"), try size("side"))
      let table = try PositionTable(
        values: try numbers("table"), shape: [1, prefix + side * side, width], prefix: prefix)
      let grid = GridSize(rows: try size("rows"), columns: try size("columns"))
      let result = table.resampled(to: grid, by: method)
      let expected = try numbers(method.rawValue)
      #expect(result.values.count == expected.count && result.grid == grid && result.prefix == prefix)
      #expect(zip(result.values, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(side) to \(grid)")
      #expect(result.values.prefix(prefix * width) == table.values.prefix(prefix * width))
    }
  }

  @Test(arguments: GridInterpolation.allCases, [(9, 4), (2, 13), (1, 1), (24, 24)])
  func aConstantTableStaysConstant(_ method: GridInterpolation, _ size: (Int, Int)) {
    let grid = GridSize(rows: 5, columns: 5)
    let table = PositionTable(values: [7, 7] + Array(repeating: 0.75, count: 50), prefix: 1, grid: grid, width: 2)
    let result = table.resampled(to: GridSize(rows: size.0, columns: size.1), by: method)
    #expect(result.values.count == 2 * (1 + size.0 * size.1))
    #expect(result.values.prefix(2) == [7, 7] && result.values.dropFirst(2).allSatisfy { abs($0 - 0.75) < 1e-7 })
  }

  @Test(arguments: GridInterpolation.allCases) func aTableThatFitsIsCopied(_ method: GridInterpolation) throws {
    let table = try PositionTable(values: (0..<10).map { 0.1 * Float($0) }, shape: [1, 5, 2], prefix: 1)
    #expect(table.grid == GridSize(rows: 2, columns: 2))
    #expect(table.resampled(to: table.grid, by: method) == table)
  }

  /// From 2 places to 1 the middle is halfway; from 1 to 3 all are the one there is.
  @Test(arguments: GridInterpolation.allCases) func smallGridsAreThoseOfPaper(_ method: GridInterpolation) throws {
    let square = PositionTable(values: [1, 2, 3, 6], prefix: 0, grid: GridSize(rows: 2, columns: 2), width: 1)
    let one = square.resampled(to: GridSize(rows: 1, columns: 1), by: method)
    #expect(one.values.count == 1 && abs(one.values[0] - 3) < 1e-6)
    #expect(
      one.resampled(to: GridSize(rows: 3, columns: 1), by: method).values == Array(repeating: one.values[0], count: 3))
  }

  @Test(arguments: [
    ([1, 200, 4], "a position table has 200 rows; without 1 of their own they are no square grid"),
    ([2, 5, 80], "a position table has shape [2, 5, 80], expected [1, rows, width]"),
    ([1, 1, 800], "a position table has 1 rows; without 1 of their own they are no square grid"),
    ([800], "a position table has shape [800], expected [1, rows, width]"),
  ]) func otherShapesAreRefused(_ shape: [Int], _ message: String) {
    let error = #expect(throws: Diagnostic.self) {
      try PositionTable(values: Array(repeating: 0, count: 800), shape: shape, prefix: 1)
    }
    #expect(error?.message == message && error?.code == .badData)
  }
}
