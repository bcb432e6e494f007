import Glibc

/// The learning rate of each optimiser step: linear warm-up, then the schedule's shape.
public struct LearningRate: Sendable, Hashable {
  /// What time is measured in.
  public enum Horizon: Sendable, Hashable {
    /// Epochs, as the fraction micro-batches done / micro-batches per epoch.
    case epochs(total: Double, warmup: Double)
    /// Optimiser steps, counted from 0.
    case steps(total: Int, warmup: Int)
  }

  public var schedule: Schedule
  public var peak: Double
  public var horizon: Horizon

  public init(_ schedule: Schedule = Schedule(.cosine), peak: Double, horizon: Horizon) {
    self.schedule = schedule
    self.peak = peak
    self.horizon = horizon
  }

  /// The peak for a base rate: base × effective batch / 256.
  public static func peak(base: Double, effectiveBatch: Int) -> Double { base * Double(effectiveBatch) / 256 }

  /// The rate of optimiser step `step` (from 0), before which `epoch` epochs were done; the step itself takes `stepEpochs`.
  ///
  /// With time t (before or after the step, as the clock says), warm-up w and end E: `peak·t/w` for t < w; then, with
  /// x = (t − w)/(E − w), `peak·½(1 + cos πx)`, `peak·(1 − x)^power`, or `peak`; and never beyond t = E.
  public func rate(step: Int, epoch: Double, stepEpochs: Double = 0) -> Double {
    let isAfter = schedule.clock == .after
    let time: Double
    let total: Double
    let warmup: Double
    switch horizon {
    case .epochs(let epochs, let warmupEpochs):
      (time, total, warmup) = (isAfter ? epoch + stepEpochs : epoch, epochs, warmupEpochs)
    case .steps(let steps, let warmupSteps):
      (time, total, warmup) = (Double(isAfter ? step + 1 : step), Double(steps), Double(warmupSteps))
    }
    if time < warmup { return peak * time / warmup }
    switch schedule.shape {
    case .cosine:
      if time >= total { return 0 }
      return peak * 0.5 * (1 + cos(Double.pi * (time - warmup) / (total - warmup)))
    case .polynomial(let power):
      if time >= total { return 0 }
      return peak * pow(1 - (time - warmup) / (total - warmup), power)
    case .steps(let places, let factor):
      return peak * places.reduce(1) { time >= $1 * total ? $0 * factor : $0 }
    case .constant: return peak
    }
  }
}
