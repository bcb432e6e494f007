import Frontend
import Glibc

extension Optimizer {
  /// AdamW with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), step for step as PyTorch computes it:
  ///
  ///     p ← p·(1 − lr·wd)                 where weight decay applies
  ///     m ← β₁·m + (1 − β₁)·g             v ← β₂·v + (1 − β₂)·g²
  ///     p ← p − lr/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε)
  ///
  /// β = (0.9, 0.95) and ε = 1e-8 unless given: the values of masked pre-training.
  public static func adamW(
    beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, weightDecay: Double = 0.05
  ) -> Optimizer {
    Optimizer("adamw") { update in
      let rate = update.learningRate("lr")
      let step = update.step("step").converted(to: .f32)
      let decay = update.hyperparameter("weight_decay", standard: weightDecay)
      // βᵗ = exp(t·ln β)
      let power1 = (step * log(beta1)).exp()
      let power2 = (step * log(beta2)).exp()
      let stepSize = rate / (1 - power1)
      let secondMomentScale = (1 - power2).reciprocalSquareRoot()
      let kept = 1 - rate * decay

      let g = update.gradient
      let m = update.state("exp_avg") * beta1 + g * (1 - beta1)
      let v = update.state("exp_avg_sq") * beta2 + (g * g) * (1 - beta2)
      let denominator = v.squareRoot() * secondMomentScale + epsilon
      let p = update.decays ? update.parameter * kept : update.parameter
      update.setParameter(p - stepSize * (m / denominator))
      update.setState("exp_avg", m)
      update.setState("exp_avg_sq", v)
    }
  }
}
