internal import CLLVM

/// Relations between integers: `s` signed, `u` unsigned.
public enum IntComparison: Sendable, Hashable {
  case eq, ne, ult, ule, ugt, uge, slt, sle, sgt, sge

  var llvm: LLVMIntPredicate {
    switch self {
    case .eq: LLVMIntEQ
    case .ne: LLVMIntNE
    case .ult: LLVMIntULT
    case .ule: LLVMIntULE
    case .ugt: LLVMIntUGT
    case .uge: LLVMIntUGE
    case .slt: LLVMIntSLT
    case .sle: LLVMIntSLE
    case .sgt: LLVMIntSGT
    case .sge: LLVMIntSGE
    }
  }
}
