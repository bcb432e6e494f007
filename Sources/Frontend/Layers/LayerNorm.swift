/// Layer normalisation over the last axis: (x − mean)·rsqrt(variance + ε)·w + b, in elementary operations, which a
/// pass fuses.
///
/// Parameters `<name>.weight` (ones) and `<name>.bias` (zeros), both of the last axis' size.
public func layerNorm(
  _ name: String, _ x: Tensor, epsilon: Double, file: String = #fileID, line: Int = #line
) -> Tensor {
  let graph = x.graph
  return graph.pinned(at: SourceSite(file: file, line: line)) {
    graph.scope(name, file: file, line: line) {
      let weight = graph.parameter("weight", [x.size(-1)], .ones)
      let bias = graph.parameter("bias", [x.size(-1)], .zeros)
      let centred = x - x.mean([-1], keep: true)
      let variance = (centred * centred).mean([-1], keep: true)
      let normalised = centred * (variance + epsilon).reciprocalSquareRoot()
      return normalised * weight + bias
    }
  }
}
