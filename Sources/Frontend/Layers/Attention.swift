/// Scaled dot-product attention over heads: softmax(q·kᵀ/√d + bias)·v with dropout on the probabilities, in elementary
/// operations, which a pass fuses.
///
/// - Parameters:
///   - query: `[B, N, width]`; `key` and `value`: `[B, M, width]`. `width` is a multiple of `heads`.
///   - bias: added to the scores, broadcast to `[B, heads, N, M]`; −∞-like where a position is not to be seen.
/// - Returns: `[B, N, width]`, heads side by side.
public func attention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, bias: Tensor? = nil, dropout: Double = 0,
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let graph = query.graph
  return graph.pinned(at: SourceSite(file: file, line: line)) {
    graph.scope("", layer: "attention", file: file, line: line) {
      let width = query.size(-1)
      guard heads > 0, width % heads == 0 else {
        graph.fail("attention: \(heads) heads do not divide the width of \(query.type)", at: graph.lastSite)
        return query
      }
      func split(_ x: Tensor) -> Tensor {
        x.reshaped([x.size(0), x.size(1), heads, width / heads]).transposed([0, 2, 1, 3])
      }
      let (q, k, v) = (split(query), split(key), split(value))
      var scores = matmul(q, k, transposeB: true) * (1 / Double(width / heads).squareRoot())
      if let bias { scores = scores.adding(bias) }
      let context = matmul(scores.softmax().dropout(dropout), v)
      return context.transposed([0, 2, 1, 3]).reshaped(query.shape)
    }
  }
}
