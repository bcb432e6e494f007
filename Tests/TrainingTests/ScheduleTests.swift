import Contract
import Glibc
import Testing
import Training

@Suite struct ScheduleTests {
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

  private static let recipe = Recipe(length: .epochs(200), warmup: .epochs(40), rate: .base(1.5e-4))

  private func options(_ recipe: Recipe = recipe) -> TrainingOptions {
    let task = Task("t", feeds: [], schedule: Schedule(.cosine), recipe: recipe)
    let program = ProgramDescription(
      model: "m", precision: "f32", optimization: 2, targetCPU: "", cpuFeatures: [], irHash: "", batch: 8, compiler: "",
      options: [], buildFlags: [], task: task, parameters: [], functions: [])
    return TrainingOptions(program, data: "d", output: "o")
  }

  @Test func theStepScheduleCountsFromZero() {
    var options = options()
    options.length = .steps(100)
    options.warmup = .steps(20)
    options.rate = .peak(1)
    let rate = options.learningRate(Schedule(.cosine), batch: 8)
    #expect(rate.rate(step: 0, epoch: 0) == 0)
    #expect(rate.rate(step: 19, epoch: 0) == 0.95)
    #expect(rate.rate(step: 20, epoch: 0) == 1)
    #expect(abs(rate.rate(step: 60, epoch: 0) - 0.5) < 1e-15)
    #expect(rate.rate(step: 99, epoch: 0) > 0)
    options.warmup = .steps(0)
    #expect(options.learningRate(Schedule(.cosine), batch: 8).rate(step: 0, epoch: 0) == 1)
    options.rate = .base(1.5e-4)
    options.accumulate = 4
    #expect(options.learningRate(Schedule(.cosine), batch: 8).peak == 1.5e-4 * 32 / 256)
    options.length = .epochs(3)
    #expect(options.totalSteps(microBatchesPerEpoch: 10) == 7)
  }

  @Test func theRecipeIsWhatNobodySaysOtherwise() {
    let options = options(Recipe(length: .steps(3000), warmup: .steps(50), rate: .peak(3e-2)))
    #expect(options.steps == 3000 && options.totalSteps(microBatchesPerEpoch: 7) == 3000)
    #expect(options.learningRate(Schedule(.constant), batch: 96).rate(step: 25, epoch: 0) == 1.5e-2)
    #expect(self.options().epochs == 200 && self.options().steps == nil)
  }

  /// Fine-tuning's: λ(n) = n/w, then ½(1 + cos π(n − w)/(N − w)) for the updates n = 1 … N.
  @Test func aClockThatRunsAheadEndsAtZero() {
    let rate = LearningRate(
      Schedule(.cosine, clock: .after), peak: 0.03, horizon: .steps(total: 3000, warmup: 50))
    #expect(rate.rate(step: 0, epoch: 0) == 0.03 * 1 / 50)
    #expect(rate.rate(step: 49, epoch: 0) == 0.03)
    for n in [51, 1000, 2999] {
      let expected = 0.03 * 0.5 * (1 + cos(Double.pi * Double(n - 50) / 2950))
      #expect(rate.rate(step: n - 1, epoch: 0) == expected)
    }
    #expect(rate.rate(step: 2999, epoch: 0) == 0)
    let epochs = LearningRate(Schedule(.cosine, clock: .after), peak: 1, horizon: .epochs(total: 4, warmup: 1))
    #expect(epochs.rate(step: 0, epoch: 0, stepEpochs: 0.25) == 0.25)
    #expect(epochs.rate(step: 15, epoch: 3.75, stepEpochs: 0.25) == 0)
  }

  @Test func otherShapes() {
    func rate(_ shape: Schedule.Shape, _ step: Int) -> Double {
      LearningRate(Schedule(shape), peak: 2, horizon: .steps(total: 100, warmup: 20)).rate(step: step, epoch: 0)
    }
    for shape in [.constant, .polynomial(power: 2), .steps(at: [0.5, 0.75], factor: 0.1)] as [Schedule.Shape] {
      #expect(rate(shape, 10) == 1 && rate(shape, 20) == 2)
    }
    #expect(rate(.constant, 99) == 2)
    #expect(abs(rate(.polynomial(power: 2), 60) - 0.5) < 1e-15)
    #expect(abs(rate(.polynomial(power: 1), 99) - 2.0 / 80) < 1e-15)
    let steps = Schedule.Shape.steps(at: [0.5, 0.75], factor: 0.1)
    #expect(rate(steps, 49) == 2 && abs(rate(steps, 50) - 0.2) < 1e-15 && abs(rate(steps, 99) - 0.02) < 1e-15)
  }
}
