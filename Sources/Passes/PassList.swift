extension Pass {
  /// Every pass, in the order in which the usual pipeline runs them. The command line, the documentation and the tests read
  /// this array.
  public static let all: [Pass] = [
    .eraseStopGradient,
    .fold,
    .canonicalise,
    .cse,
    .maskedGather,
    .rowDemand,
    .layout,
    .attention,
    .linearCrossEntropy,
    .gathers,
    .layerNorm,
    .sums,
    .rematerialise,
    .recompute,
    .dce,
  ]

  /// Passes that a model's own functions go through before they are differentiated, where its options ask for them.
  public static let beforeDifferentiation: [Pass] = [.mixedPrecision, .shareRows]

  /// The pass of that name.
  public static func named(_ name: String) -> Pass? { (all + beforeDifferentiation).first { $0.name == name } }
}
