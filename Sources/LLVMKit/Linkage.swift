internal import CLLVM

/// Who may refer to a function or a global.
public enum Linkage: Sendable, Hashable {
  case external
  /// Only its own module; keeps a symbol for debuggers and profilers.
  case `internal`
  /// Only its own module, without a symbol.
  case `private`

  var llvm: LLVMLinkage {
    switch self {
    case .external: LLVMExternalLinkage
    case .internal: LLVMInternalLinkage
    case .private: LLVMPrivateLinkage
    }
  }
}
