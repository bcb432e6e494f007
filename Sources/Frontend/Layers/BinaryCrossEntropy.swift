extension Tensor {
  /// −y·log σ(x) − (1 − y)·log(1 − σ(x)) of logits x and labels y in 0 … 1, element by element, without overflow:
  /// max(x, 0) − x·y + log(1 + e^−|x|).
  public func binaryCrossEntropy(_ labels: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    graph.pinned(at: SourceSite(file: file, line: line)) {
      maximum(0) - self * labels + (1 + (-abs()).exp()).log()
    }
  }

  /// σ(x) = 1 / (1 + e^−x), element by element.
  public func sigmoid(file: String = #fileID, line: Int = #line) -> Tensor {
    graph.pinned(at: SourceSite(file: file, line: line)) { 1 / (1 + (-self).exp()) }
  }
}
