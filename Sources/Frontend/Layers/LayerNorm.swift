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
      let width = x.size(-1)
      let weight = graph.parameter("weight", [width], .ones)
      let bias = graph.parameter("bias", [width], .zeros)
      let centred = x - x.mean([-1]).repeated(width)
      let variance = (centred * centred).mean([-1])
      let normalised = centred * (variance + epsilon).reciprocalSquareRoot().repeated(width)
      return normalised * weight + bias
    }
  }
}
