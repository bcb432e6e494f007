/// How much LLVM works on a module before it generates code.
public enum OptimizationLevel: Sendable, Hashable, CaseIterable {
  /// No passes: the instructions as they were emitted.
  case none
  /// What code emitted with explicit vectors and chosen unrolling needs, and no more. It is as fast as after LLVM's `-O2`,
  /// which takes four times as long.
  case standard
  /// LLVM's `-O3` with its vectorisers.
  case aggressive

  /// The pass pipeline in the syntax of LLVM's new pass manager.
  public var pipeline: String {
    switch self {
    case .none: ""
    case .standard:
      "always-inline,function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,correlated-propagation,"
        + "loop-mssa(licm),gvn,loop-unroll<O2>,instcombine<no-verify-fixpoint>,simplifycfg,dse,adce),globaldce"
    case .aggressive: "default<O3>"
    }
  }
}
