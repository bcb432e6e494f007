/// −log softmax(logits)[label] for each position: logits `[…, classes]`, labels `[…]` (integers), result `[…]`.
public func crossEntropy(_ logits: Tensor, _ labels: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  logits.graph.pinned(at: SourceSite(file: file, line: line)) {
    let chosen = select(labels.hits(classes: logits.size(-1)), logits, 0).sum([-1])
    return logits.logSumExp() - chosen
  }
}
