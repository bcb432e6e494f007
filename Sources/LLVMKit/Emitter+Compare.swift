internal import CLLVM

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
