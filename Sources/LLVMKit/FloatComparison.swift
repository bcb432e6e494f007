internal import CLLVM

/// Relations between floating-point numbers: `o` is false, `u` is true if either is NaN.
public enum FloatComparison: Sendable, Hashable {
  case oeq, one, olt, ole, ogt, oge, ueq, une, ult, ule, ugt, uge
  /// Neither is NaN.
  case ord
  /// Either is NaN.
  case uno

  var llvm: LLVMRealPredicate {
    switch self {
    case .oeq: LLVMRealOEQ
    case .one: LLVMRealONE
    case .olt: LLVMRealOLT
    case .ole: LLVMRealOLE
    case .ogt: LLVMRealOGT
    case .oge: LLVMRealOGE
    case .ueq: LLVMRealUEQ
    case .une: LLVMRealUNE
    case .ult: LLVMRealULT
    case .ule: LLVMRealULE
    case .ugt: LLVMRealUGT
    case .uge: LLVMRealUGE
    case .ord: LLVMRealORD
    case .uno: LLVMRealUNO
    }
  }
}
