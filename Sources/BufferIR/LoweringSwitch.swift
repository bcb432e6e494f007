/// The optimisations of lowering, which can be left out by name like passes.
public enum LoweringSwitch: String, CaseIterable, Sendable {
  case fuseLoops = "fuse-loops"
  case groupLoops = "group-loops"
  case fuseEpilogues = "fuse-epilogues"
  case orderCalls = "order-calls"

  /// The `-O` level from which it works.
  public var level: Int {
    switch self {
    case .fuseLoops, .groupLoops: 1
    case .fuseEpilogues, .orderCalls: 2
    }
  }
}

extension LoweringOptions {
  /// What lowering may do at an `-O` level, but for the switches named.
  public static func level(_ level: Int, without disabled: [String] = []) -> LoweringOptions {
    func isOn(_ step: LoweringSwitch) -> Bool { level >= step.level && !disabled.contains(step.rawValue) }
    var result = LoweringOptions()
    result.fuseLoops = isOn(.fuseLoops)
    result.groupLoops = isOn(.groupLoops)
    result.fuseEpilogues = isOn(.fuseEpilogues)
    result.orderCalls = isOn(.orderCalls)
    result.products = level >= 2 ? .auto : .openblas
    return result
  }
}
