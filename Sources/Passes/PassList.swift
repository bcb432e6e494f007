extension Pass {
  /// Every pass, in the order in which the usual pipeline runs them. The command line, the documentation and the tests read
  /// this array.
  public static let all: [Pass] = [
    .eraseStopGradient,
    .fold,
    .canonicalise,
    .cse,
    .rowDemand,
    .layout,
    .attention,
    .dce,
  ]

  /// The pass of that name.
  public static func named(_ name: String) -> Pass? { all.first { $0.name == name } }
}
