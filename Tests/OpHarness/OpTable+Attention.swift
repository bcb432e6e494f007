import Support
import TensorIR

extension OpTable {
  /// Fused attention and its gradient: they come after differentiation, so finite differences check only their equations.
  static let attention: [OpRow] = [
    attentionRow([2, 3], m: 5, n: 7, d: 4, e: 6),
    attentionRow([2], m: 20, n: 33, d: 16, e: 16, bias: true),
    attentionRow([3], m: 17, n: 16, d: 8, e: 8, dropout: true),
    attentionRow([1, 2], m: 50, n: 50, d: 64, e: 64, bias: true, dropout: true),
    attentionRow([2], m: 1, n: 1, d: 1, e: 1),
    attentionRow([1], m: 70, n: 1100, d: 16, e: 8, bias: true, dropout: true),
  ].flatMap { $0 }

  private static func attentionRow(
    _ batch: [Int], m: Int, n: Int, d: Int, e: Int, bias: Bool = false, dropout: Bool = false
  ) -> [OpRow] {
    let op = Attention(scale: 0.4, hasBias: bias, dropout: dropout ? Dropout(rate: 0.2, stream: 5) : nil)
    var inputs = [HarnessInput(batch + [m, d]), HarnessInput(batch + [n, d]), HarnessInput(batch + [n, e])]
    if bias { inputs.append(HarnessInput(batch + [m, n])) }
    if dropout { inputs.append(HarnessInput([], .seed(11))) }
    let name = "\(batch) m \(m) n \(n) d \(d) e \(e)\(bias ? " bias" : "")\(dropout ? " dropout" : "")"
    return [
      OpRow("attention \(name)", inputs, differentiable: false) { (b, x) throws(Diagnostic) in
        try b.addAll(.attention(op), x)
      },
      // The saved sums must belong to the scores, so the row runs the forward too.
      OpRow("attention_gradient \(name)", inputs + [HarnessInput(batch + [m, e])], differentiable: false) {
        (b, x) throws(Diagnostic) in
        let forward = try b.addAll(.attention(op), Array(x.dropLast()))
        return try b.addAll(.attentionGradient(AttentionGradient(op)), x.dropLast() + [forward[1], x.last!])
      },
    ]
  }
}
