import Glibc
import Support
import Testing
import TrainingRuntime

@Suite struct ScheduleAndInitTests {
  @Test func theEpochScheduleIsThatOfThePublicCode() {
    let rate = LearningRate(peak: 1.5e-4, horizon: .epochs(total: 200, warmup: 40))
    #expect(rate.rate(step: 0, epoch: 0) == 0)
    #expect(abs(rate.rate(step: 9, epoch: 20) - 7.5e-5) < 1e-18)
    #expect(rate.rate(step: 9, epoch: 40) == 1.5e-4)
    #expect(abs(rate.rate(step: 9, epoch: 120) - 7.5e-5) < 1e-18)
    #expect(abs(rate.rate(step: 9, epoch: 80) - 1.5e-4 * 0.5 * (1 + cos(Double.pi / 4))) < 1e-18)
    #expect(rate.rate(step: 9, epoch: 200) == 0)
    #expect(LearningRate.peak(base: 1.5e-4, effectiveBatch: 256) == 1.5e-4)
    #expect(LearningRate.peak(base: 1.5e-4, effectiveBatch: 64) == 1.5e-4 / 4)
  }

  @Test func theStepScheduleCountsFromZero() {
    var options = TrainingOptions(data: "d", tokenizer: "t", output: "o")
    options.steps = 100
    options.learningRate = 1
    let rate = options.schedule(batch: 8)
    #expect(rate.rate(step: 0, epoch: 0) == 0)
    #expect(rate.rate(step: 19, epoch: 0) == 0.95)
    #expect(rate.rate(step: 20, epoch: 0) == 1)
    #expect(abs(rate.rate(step: 60, epoch: 0) - 0.5) < 1e-15)
    #expect(rate.rate(step: 99, epoch: 0) > 0)
    options.warmupSteps = 0
    #expect(options.schedule(batch: 8).rate(step: 0, epoch: 0) == 1)
    options.learningRate = nil
    options.accumulate = 4
    #expect(options.schedule(batch: 8).peak == 1.5e-4 * 32 / 256)
    options.steps = nil
    options.epochs = 3
    #expect(options.totalSteps(microBatchesPerEpoch: 10) == 7)
  }

  private func values(_ kind: Manifest.Initialization, _ shape: [Int], name: String = "w", seed: UInt64 = 1) -> [Float]
  {
    let parameter = Manifest.Parameter(
      name: name, shape: shape, dtype: "f32", isTrainable: true, decays: true, initialization: kind, aliases: [])
    var result = [Float](repeating: .nan, count: parameter.elementCount)
    result.withUnsafeMutableBufferPointer { ParameterInit.fill(parameter, seed: seed, into: $0.baseAddress!) }
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
    let kind = Manifest.Initialization.normal(std: 1, zeroRow: nil)
    #expect(values(kind, [7]) == values(kind, [7]))
    #expect(values(kind, [7]) == Array(values(kind, [9])[..<7]))
    #expect(values(kind, [7]) != values(kind, [7], seed: 2))
    #expect(values(kind, [7]) != values(kind, [7], name: "v"))
    #expect(values(.zeros, [3]) == [0, 0, 0] && values(.ones, [2]) == [1, 1])
  }

  @Test(arguments: [false, true])
  func positionTablesFollowTheirFormula(isMAE: Bool) {
    let (dim, grid) = (16, 3)
    let table = values(.sincos2D(dim: dim, grid: grid, isMAE: isMAE), [1, 10, 16])
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
