import Support
import TensorIR

extension OpTable {
  /// Linear cross-entropy and its adjoints: they come after differentiation. One chunk and several, classes below and above
  /// what is worked on in parts, rows without weight, labels that are no class.
  static let crossEntropy: [OpRow] =
    [
      crossEntropyRow(1, 3, 5),
      crossEntropyRow(20, 16, 33, bias: true),
      crossEntropyRow(7, 8, 64, bias: true, labels: -3..<70),
      crossEntropyRow(9, 5, 4100, bias: true),
      crossEntropyRow(37, 8, 50, bias: true, weights: .tied),
      crossEntropyRow(33, 20, 4113, weights: .tied),
      crossEntropyRow(40, 6, 21, bias: true, weights: .uniform(0, 0)),
      crossEntropyRow(1, 1, 1, bias: true, weights: .signed(0.5, 1)),
      crossEntropyRow(50, 12, 7, weights: .uniform(0.5, 1)),
    ].flatMap { $0 } + crossEntropyArgmax + crossEntropySomeAdjoints

  private static func crossEntropyRow(
    _ rows: Int, _ features: Int, _ classes: Int, bias: Bool = false, weights: HarnessInput.Kind? = nil,
    labels: Range<Int>? = nil
  ) -> [OpRow] {
    var inputs = [
      HarnessInput([rows, features]), HarnessInput([classes, features]),
      HarnessInput([rows], .integers(labels ?? 0..<classes)),
    ]
    if bias { inputs.append(HarnessInput([classes])) }
    if let weights { inputs.append(HarnessInput([rows], weights)) }
    let op = LinearCrossEntropyGradient(hasBias: bias, hasWeights: weights != nil, givesBias: true)
    let name = "\(rows)×\(features) to \(classes)\(bias ? " bias" : "")\(weights.map { " weights \($0)" } ?? "")"
    return [
      OpRow("linear_cross_entropy \(name)", inputs, differentiable: false) { (b, x) throws(Diagnostic) in
        try b.addAll(.linearCrossEntropy(op.forward), x)
      },
      OpRow("linear_cross_entropy_gradient \(name)", inputs + [HarnessInput([rows])], differentiable: false) {
        (b, x) throws(Diagnostic) in
        try b.addAll(.linearCrossEntropyGradient(op), x)
      },
    ]
  }

  private static let crossEntropyArgmax: [OpRow] = [(30, 4, 3, HarnessInput.Kind.tied), (9, 7, 130, .distinct)].map {
    (rows: Int, features: Int, classes: Int, kind: HarnessInput.Kind) in
    OpRow(
      "linear_cross_entropy argmax \(rows)×\(features) to \(classes)",
      [
        HarnessInput([rows, features], kind), HarnessInput([classes, features], kind),
        HarnessInput([rows], .integers(0..<classes)),
      ], differentiable: false
    ) { (b, x) throws(Diagnostic) in
      try b.addAll(.linearCrossEntropy(LinearCrossEntropy(hasBias: false, hasWeights: false, givesArgmax: true)), x)
    }
  }

  /// Single adjoints, of a loss whose own adjoint is one number for all rows.
  private static let crossEntropySomeAdjoints: [OpRow] = [0, 1, 2].flatMap { (wanted: Int) in
    [false, true].map { (weights: Bool) in
      OpRow(
        "linear_cross_entropy_gradient of operand \(wanted)\(weights ? " weights" : "")",
        [
          HarnessInput([19, 6]), HarnessInput([18, 6]), HarnessInput([19], .integers(0..<18)), HarnessInput([18]),
        ] + (weights ? [HarnessInput([19], .tied)] : []) + [HarnessInput([])], differentiable: false
      ) { (b, x) throws(Diagnostic) in
        let op = LinearCrossEntropyGradient(
          hasBias: true, hasWeights: weights, givesInput: wanted == 0, givesMatrix: wanted == 1, givesBias: wanted == 2)
        let adjoint = try b.broadcast(x.last!, to: [19], axes: [])
        return try b.addAll(.linearCrossEntropyGradient(op), x.dropLast() + [adjoint])
      }
    }
  }
}
