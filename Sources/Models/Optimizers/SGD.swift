import Frontend

extension Optimizer {
  /// Stochastic gradient descent with momentum, in PyTorch's order, without dampening and Nesterov's look-ahead:
  ///
  ///     g ← g + wd·p                      where weight decay applies
  ///     v ← μ·v + g                       v is 0 at first, so that the first v is g
  ///     p ← p − lr·v
  public static func sgd(momentum: Double = 0.9, weightDecay: Double = 0) -> Optimizer {
    Optimizer("sgd") { update in
      let rate = update.learningRate("lr")
      let decay = update.hyperparameter("weight_decay", standard: weightDecay)
      let g = update.decays ? update.gradient + update.parameter * decay : update.gradient
      let v = momentum == 0 ? g : update.state("momentum") * momentum + g
      update.setParameter(update.parameter - rate * v)
      if momentum != 0 { update.setState("momentum", v) }
    }
  }
}
