import Execution
import Glibc
import Testing

@Suite struct ParameterInitTests {
  private func values(_ kind: Initializer, _ shape: [Int], name: String = "w", seed: UInt64 = 1) -> [Float] {
    let type = TensorType(.f32, shape)
    var result = [Float](repeating: .nan, count: type.count)
    result.withUnsafeMutableBufferPointer { ParameterInit.fill(name, type, kind, seed: seed, into: $0.baseAddress!) }
    return result
  }

  private func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
    return (mean, variance.squareRoot())
  }

  @Test func xavierIsUniformWithinItsLimit() {
    let limit = (6.0 / 300).squareRoot()
    let drawn = values(.xavierUniform(fanIn: 100, fanOut: 200), [200, 100])
    #expect(drawn.allSatisfy { abs(Double($0)) < limit })
    #expect(Double(drawn.max()!) > 0.99 * limit && Double(drawn.min()!) < -0.99 * limit)
    let (mean, deviation) = moments(drawn)
    #expect(abs(mean) < 0.02 * limit && abs(deviation - limit / 3.0.squareRoot()) < 0.01 * limit)
  }

  @Test func normalHasItsDeviationAndItsZeroRow() {
    let drawn = values(.normal(std: 0.02, zeroRow: 1), [101, 200])
    #expect(drawn[200..<400].allSatisfy { $0 == 0 })
    let rest = Array(drawn[..<200] + drawn[400...])
    let (mean, deviation) = moments(rest)
    #expect(abs(mean) < 0.0006 && abs(deviation - 0.02) < 0.0003)
    let beyond = rest.filter { abs($0) > 0.0392 }.count
    #expect(abs(Double(beyond) / Double(rest.count) - 0.05) < 0.008)
  }

  @Test func valuesDependOnSeedAndName() {
    let kind = Initializer.normal(std: 1, zeroRow: nil)
    #expect(values(kind, [7]) == values(kind, [7]))
    #expect(values(kind, [7]) == Array(values(kind, [9])[..<7]))
    #expect(values(kind, [7]) != values(kind, [7], seed: 2))
    #expect(values(kind, [7]) != values(kind, [7], name: "v"))
    #expect(values(.zeros, [3]) == [0, 0, 0] && values(.ones, [2]) == [1, 1])
  }

  @Test(arguments: [false, true])
  func positionTablesFollowTheirFormula(isMAE: Bool) {
    let (dim, grid) = (16, 3)
    let table = values(.sincos2D(dim: dim, grid: grid, variant: isMAE ? "mae" : "mrm"), [1, 10, 16])
    #expect(table[..<16].allSatisfy { $0 == 0 })
    for row in 0..<grid {
      for column in 0..<grid {
        for i in 0..<4 {
          let omega = pow(10000, isMAE ? -Double(i) / 4 : -Double(i) / 16)
          let base = (1 + row * grid + column) * dim
          #expect(abs(Double(table[base + i]) - sin(Double(column) * omega)) < 1e-6)
          #expect(abs(Double(table[base + 4 + i]) - cos(Double(column) * omega)) < 1e-6)
          #expect(abs(Double(table[base + 8 + i]) - sin(Double(row) * omega)) < 1e-6)
          #expect(abs(Double(table[base + 12 + i]) - cos(Double(row) * omega)) < 1e-6)
        }
      }
    }
  }
}
