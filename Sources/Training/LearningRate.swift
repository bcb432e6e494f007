import Glibc
import Support

/// The learning rate of each optimiser step: linear warm-up, then half a cosine down to 0 (spec of the public code).
public struct LearningRate: Sendable, Hashable {
  /// What time is measured in.
  public enum Horizon: Sendable, Hashable {
    /// Epochs, as the fraction micro-batches done / micro-batches per epoch.
    case epochs(total: Double, warmup: Double)
    /// Optimiser steps, counted from 0.
    case steps(total: Int, warmup: Int)
  }

  public var peak: Double
  public var horizon: Horizon

  public init(peak: Double, horizon: Horizon) {
    self.peak = peak
    self.horizon = horizon
  }

  /// The peak for a base rate: base × effective batch / 256.
  public static func peak(base: Double, effectiveBatch: Int) -> Double { base * Double(effectiveBatch) / 256 }

  /// The rate of optimiser step `step` (from 0), before which `epoch` epochs were done:
  /// `peak·t/w` for t < w, then `peak·½(1 + cos π(t − w)/(E − w))`, never beyond t = E.
  public func rate(step: Int, epoch: Double) -> Double {
    let time: Double
    let total: Double
    let warmup: Double
    switch horizon {
    case .epochs(let epochs, let warmupEpochs): (time, total, warmup) = (epoch, epochs, warmupEpochs)
    case .steps(let steps, let warmupSteps): (time, total, warmup) = (Double(step), Double(steps), Double(warmupSteps))
    }
    if time < warmup { return peak * time / warmup }
    if time >= total { return 0 }
    return peak * 0.5 * (1 + cos(Double.pi * (time - warmup) / (total - warmup)))
  }
}
