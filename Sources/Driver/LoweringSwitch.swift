import BufferIR

/// The optimisations of lowering, which `--disable-pass` leaves out by name like passes.
enum LoweringSwitch: String, CaseIterable {
  case fuseLoops = "fuse-loops"
  case groupLoops = "group-loops"
  case fuseEpilogues = "fuse-epilogues"

  /// The `-O` level from which it works.
  var level: Int {
    switch self {
    case .fuseLoops, .groupLoops: 1
    case .fuseEpilogues: 2
    }
  }
}

extension BuildOptions {
  /// The disabled passes of the tensor IR.
  var disabledRewrites: [String] { disabledPasses.filter { LoweringSwitch(rawValue: $0) == nil } }

  /// What lowering may do at this level.
  var lowering: LoweringOptions {
    func isOn(_ step: LoweringSwitch) -> Bool {
      fuses && optimization >= step.level && !disabledPasses.contains(step.rawValue)
    }
    var result = LoweringOptions()
    result.fuseLoops = isOn(.fuseLoops)
    result.groupLoops = isOn(.groupLoops)
    result.fuseEpilogues = isOn(.fuseEpilogues)
    switch products {
    case .openblas: result.products = .openblas
    case .emitted: result.products = .emitted
    case .auto: result.products = optimization >= 2 ? .auto : .openblas
    }
    return result
  }
}
