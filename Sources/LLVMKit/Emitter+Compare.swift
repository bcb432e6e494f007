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

extension Emitter {
  /// Integers or addresses compared lane by lane: `i1`, or a vector of it.
  public func icmp(_ relation: IntComparison, _ a: Value, _ b: Value) -> Value {
    Value(LLVMBuildICmp(builder, relation.llvm, a.ref, b.ref, ""))
  }

  /// Floating-point numbers compared lane by lane: `i1`, or a vector of it.
  public func fcmp(_ relation: FloatComparison, _ a: Value, _ b: Value) -> Value {
    Value(LLVMBuildFCmp(builder, relation.llvm, a.ref, b.ref, ""))
  }

  /// `a` where the condition holds, else `b`; the condition is one `i1` or one per lane.
  public func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
    Value(LLVMBuildSelect(builder, condition.ref, a.ref, b.ref, ""))
  }
}
