/// x·Wᵀ + b along the last axis: `[…, in]` to `[…, features]`.
///
/// Parameters `<name>.weight` `[features, in]` (Xavier-uniform) and, if `bias`, `<name>.bias` `[features]` (zero).
public func linear(
  _ name: String, _ x: Tensor, features: Int, bias: Bool = true, file: String = #fileID, line: Int = #line
) -> Tensor {
  let graph = x.graph
  return graph.pinned(at: SourceSite(file: file, line: line)) {
    graph.scope(name, file: file, line: line) {
      let inputs = x.size(-1)
      let weight = graph.parameter(
        "weight", [features, inputs], .xavierUniform(fanIn: inputs, fanOut: features))
      let offset = bias ? graph.parameter("bias", [features], .zeros) : nil
      return linear(x, weight: weight, bias: offset)
    }
  }
}

/// x·Wᵀ + b along the last axis with given parameters: weight `[features, in]`, bias `[features]` if there is one.
public func linear(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, file: String = #fileID, line: Int = #line
) -> Tensor {
  x.graph.pinned(at: SourceSite(file: file, line: line)) {
    let rows = x.reshaped([-1, x.size(-1)])
    var product = matmul(rows, weight, transposeB: true)
    if let bias { product = product.adding(bias) }
    return product.reshaped(Array(x.shape.dropLast()) + [weight.size(0)])
  }
}
