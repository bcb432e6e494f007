internal import CLLVM

/// Conversions, lane by lane. `to` names the element type; the number of lanes stays.
extension Emitter {
  public func sext(_ a: Value, to type: Type) -> Value { Value(LLVMBuildSExt(builder, a.ref, shaped(a, type), "")) }
  public func zext(_ a: Value, to type: Type) -> Value { Value(LLVMBuildZExt(builder, a.ref, shaped(a, type), "")) }
  public func trunc(_ a: Value, to type: Type) -> Value { Value(LLVMBuildTrunc(builder, a.ref, shaped(a, type), "")) }
  public func fptrunc(_ a: Value, to type: Type) -> Value {
    Value(LLVMBuildFPTrunc(builder, a.ref, shaped(a, type), ""))
  }
  public func fpext(_ a: Value, to type: Type) -> Value { Value(LLVMBuildFPExt(builder, a.ref, shaped(a, type), "")) }
  public func sitofp(_ a: Value, to type: Type) -> Value {
    Value(LLVMBuildSIToFP(builder, a.ref, shaped(a, type), ""))
  }
  public func uitofp(_ a: Value, to type: Type) -> Value {
    Value(LLVMBuildUIToFP(builder, a.ref, shaped(a, type), ""))
  }

  /// Towards zero; out of range gives poison.
  public func fptosi(_ a: Value, to type: Type) -> Value {
    Value(LLVMBuildFPToSI(builder, a.ref, shaped(a, type), ""))
  }

  /// The same bits as a type of the same size; `type` is taken as it stands.
  public func bitcast(_ a: Value, to type: Type) -> Value { Value(LLVMBuildBitCast(builder, a.ref, type.ref, "")) }

  public func ptrtoint(_ a: Value, to type: Type) -> Value {
    Value(LLVMBuildPtrToInt(builder, a.ref, shaped(a, type), ""))
  }

  /// bf16 to f32, exactly.
  public func widenBF16(_ a: Value) -> Value {
    let bits = zext(bitcast(a, to: a.type.asInteger), to: i32)
    let wide = shl(bits, constant(bits.type, 16))
    return bitcast(wide, to: a.type.with(element: f32))
  }

  /// f32 to bf16, to nearest even; NaN stays NaN. One instruction where the target has it (which flushes subnormal
  /// results to zero), integer arithmetic elsewhere. What `widenBF16` made is what it was made of.
  public func narrowToBF16(_ a: Value) -> Value {
    if let narrow = beforeWidening(a) { return narrow }
    let isFlushed = module.target.has("avx512bf16") && a.lanes >= 4
    if isFlushed, !module.target.isEmulated { return fptrunc(a, to: bf16) }
    let a = isFlushed ? flushed(a) : a
    let bits = bitcast(a, to: a.type.asInteger)
    func number(_ value: Int) -> Value { constant(bits.type, value) }
    let odd = and(lshr(bits, number(16)), number(1))
    let rounded = add(bits, add(odd, number(0x7FFF)))
    let quiet = or(bits, number(0x40_0000))
    let kept = select(fcmp(.uno, a, a), quiet, rounded)
    let narrow = trunc(lshr(kept, number(16)), to: i16)
    return bitcast(narrow, to: a.type.with(element: bf16))
  }

  /// f32 rounded to the nearest bf16, still f32.
  public func roundToBF16(_ a: Value) -> Value { widenBF16(narrowToBF16(a)) }

  /// The operand of the `widenBF16` that computed a value.
  private func beforeWidening(_ a: Value) -> Value? {
    func operand(of value: OpaquePointer, _ opcode: LLVMOpcode) -> OpaquePointer? {
      guard LLVMIsAInstruction(value) != nil, LLVMGetInstructionOpcode(value) == opcode else { return nil }
      return LLVMGetOperand(value, 0)
    }
    guard a.type.element == f32, let wide = operand(of: a.ref, LLVMBitCast), let bits = operand(of: wide, LLVMShl),
      let short = operand(of: bits, LLVMZExt), LLVMGetOperand(wide, 1) == constant(Type(LLVMTypeOf(bits)), 16).ref,
      Type(LLVMTypeOf(short)).element == i16
    else { return nil }
    return bitcast(Value(short), to: a.type.with(element: bf16))
  }

  private func shaped(_ a: Value, _ type: Type) -> OpaquePointer { a.type.with(element: type.element).ref }
}
