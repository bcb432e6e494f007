import Frontend

/// Stochastic depth (Huang et al., 2016) as timm does it: for each record a branch is left out with a probability that rises
/// linearly from 0 in the first block, and divided by the probability of staying where it stays.
///
/// Which branches stay is a function of the seed, so that nothing is stored for the backward.
struct DropPath {
  private let rates: [Double]
  /// `[depth, 2, B]`, 1 where a branch stays, and `[depth]`, the probabilities; present if they are inputs.
  private let given: (keep: Tensor, probability: Tensor)?

  init(_ graph: Graph, _ kind: ClassifierOptions.DropPath, depth: Int, batch: Int, isOn: Bool) {
    switch kind {
    case .drawn(let rate):
      rates = (0..<depth).map { isOn && depth > 1 ? rate * Double($0) / Double(depth - 1) : 0 }
      given = nil
    case .given:
      rates = []
      given =
        isOn ? (graph.input("keep", .f32, [depth, 2, batch]), graph.input("keep_prob", .f32, [depth])) : nil
    }
  }

  /// A branch `[B, N, D]` of a block: 0 is attention, 1 the MLP.
  func apply(_ x: Tensor, block: Int, branch: Int) -> Tensor {
    x.scope("", layer: "drop_path") { x in
      let shape = [x.size(0), 1, 1]
      if let given {
        let keep = given.keep.selected(0, block).selected(0, branch)
        let factor = keep / given.probability.selected(0, block).broadcast(to: [x.size(0)], axes: [])
        return x * factor.reshaped(shape).broadcast(to: x.shape)
      }
      guard block < rates.count, rates[block] > 0 else { return x }
      let factor = x.graph.constant(1, [x.size(0)]).dropout(rates[block])
      return x * factor.reshaped(shape).broadcast(to: x.shape)
    }
  }
}
