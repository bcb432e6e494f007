internal import CLLVM

/// Integer arithmetic, modulo 2^width, lane by lane.
extension Emitter {
  public func add(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildAdd(builder, a.ref, b.ref, "")) }
  public func sub(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildSub(builder, a.ref, b.ref, "")) }
  public func mul(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildMul(builder, a.ref, b.ref, "")) }
  public func udiv(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildUDiv(builder, a.ref, b.ref, "")) }
  public func sdiv(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildSDiv(builder, a.ref, b.ref, "")) }
  public func urem(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildURem(builder, a.ref, b.ref, "")) }
  public func srem(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildSRem(builder, a.ref, b.ref, "")) }
  public func and(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildAnd(builder, a.ref, b.ref, "")) }
  public func or(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildOr(builder, a.ref, b.ref, "")) }
  public func xor(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildXor(builder, a.ref, b.ref, "")) }
  public func not(_ a: Value) -> Value { Value(LLVMBuildNot(builder, a.ref, "")) }
  public func shl(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildShl(builder, a.ref, b.ref, "")) }
  public func lshr(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildLShr(builder, a.ref, b.ref, "")) }
  public func ashr(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildAShr(builder, a.ref, b.ref, "")) }

  /// a + b where the sum is known not to overflow as a signed number: indices.
  public func addIndex(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildNSWAdd(builder, a.ref, b.ref, "")) }

  /// a · b where the product is known not to overflow as a signed number: indices.
  public func mulIndex(_ a: Value, _ b: Value) -> Value { Value(LLVMBuildNSWMul(builder, a.ref, b.ref, "")) }

  public func smin(_ a: Value, _ b: Value) -> Value { select(icmp(.slt, a, b), a, b) }
  public func smax(_ a: Value, _ b: Value) -> Value { select(icmp(.sgt, a, b), a, b) }
}

/// Floating-point arithmetic, lane by lane, exactly as IEEE 754 has it unless `fast` grants liberties.
extension Emitter {
  public func fadd(_ a: Value, _ b: Value, fast: FastMath = []) -> Value {
    flagged(LLVMBuildFAdd(builder, a.ref, b.ref, ""), fast)
  }

  public func fsub(_ a: Value, _ b: Value, fast: FastMath = []) -> Value {
    flagged(LLVMBuildFSub(builder, a.ref, b.ref, ""), fast)
  }

  public func fmul(_ a: Value, _ b: Value, fast: FastMath = []) -> Value {
    flagged(LLVMBuildFMul(builder, a.ref, b.ref, ""), fast)
  }

  public func fdiv(_ a: Value, _ b: Value, fast: FastMath = []) -> Value {
    flagged(LLVMBuildFDiv(builder, a.ref, b.ref, ""), fast)
  }

  public func fneg(_ a: Value) -> Value { Value(LLVMBuildFNeg(builder, a.ref, "")) }

  /// a · b + c, rounded once.
  public func fma(_ a: Value, _ b: Value, _ c: Value) -> Value { intrinsic("llvm.fma", [a.type], [a, b, c]) }

  public func sqrt(_ a: Value) -> Value { intrinsic("llvm.sqrt", [a.type], [a]) }

  public func fabs(_ a: Value) -> Value { intrinsic("llvm.fabs", [a.type], [a]) }

  /// The magnitude of `magnitude` with the sign of `sign`.
  public func copysign(_ magnitude: Value, _ sign: Value) -> Value {
    intrinsic("llvm.copysign", [magnitude.type], [magnitude, sign])
  }

  /// To the nearest integer, ties to even.
  public func roundToEven(_ a: Value) -> Value { intrinsic("llvm.rint", [a.type], [a]) }

  public func floor(_ a: Value) -> Value { intrinsic("llvm.floor", [a.type], [a]) }

  /// a if a > b, else b: one instruction. If either is NaN the result is b.
  public func fmax(_ a: Value, _ b: Value) -> Value { select(fcmp(.ogt, a, b), a, b) }

  /// a if a < b, else b: one instruction. If either is NaN the result is b.
  public func fmin(_ a: Value, _ b: Value) -> Value { select(fcmp(.olt, a, b), a, b) }

  private func flagged(_ instruction: OpaquePointer?, _ fast: FastMath) -> Value {
    if !fast.isEmpty, LLVMIsAInstruction(instruction) != nil { LLVMSetFastMathFlags(instruction, fast.rawValue) }
    return Value(instruction!)
  }
}
