/// How much LLVM works on a module before it generates code.
public enum OptimizationLevel: Sendable, Hashable, CaseIterable {
  /// No passes: the instructions as they were emitted.
  case none
  /// What code emitted with explicit vectors needs, and no more: the quickest that is still fast.
  case lean
  /// LLVM's `-O2` without its vectorisers.
  case standard
  /// LLVM's `-O3` with its vectorisers.
  case aggressive

  /// The pass pipeline in the syntax of LLVM's new pass manager.
  public var pipeline: String {
    switch self {
    case .none: ""
    case .lean:
      "always-inline,function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm),gvn,"
        + "loop-unroll<O2>,instcombine<no-verify-fixpoint>,simplifycfg,dse,adce),globaldce"
    case .standard: "default<O2>"
    case .aggressive: "default<O3>"
    }
  }
}
