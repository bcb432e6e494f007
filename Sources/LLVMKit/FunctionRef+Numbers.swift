internal import CLLVM

/// The whole numbers in a function's body that may as well be known only when it runs, so that functions that differ in them
/// alone can be one with parameters.
extension FunctionRef {
  /// The `i64` constants among the operands of its instructions, in order, but for those that must stay constants: sizes of
  /// stack slots, labels of switches, lanes of vectors, arguments of intrinsics, and bounds of loops that are unrolled.
  public var numbers: [Int] {
    var result: [Int] = []
    forEachNumber { result.append(Int(LLVMConstIntGetSExtValue(LLVMGetOperand($0, $1)))) }
    return result
  }

  /// Puts values of type `i64` in the places of `numbers`: `value` is asked for each by its index, nil leaves it.
  public func replaceNumbers(_ value: (Int) -> Value?) {
    var index = 0
    forEachNumber { instruction, operand in
      if let value = value(index) { LLVMSetOperand(instruction, operand, value.ref) }
      index += 1
    }
  }

  private func forEachNumber(_ body: (_ instruction: OpaquePointer, _ operand: UInt32) -> Void) {
    var block = LLVMGetFirstBasicBlock(ref)
    while let current = block {
      var next = LLVMGetFirstInstruction(current)
      while let instruction = next {
        next = LLVMGetNextInstruction(instruction)
        if Self.needsConstants(instruction) { continue }
        for operand in 0..<UInt32(LLVMGetNumOperands(instruction)) {
          guard let number = LLVMIsAConstantInt(LLVMGetOperand(instruction, operand)) else { continue }
          if LLVMGetIntTypeWidth(LLVMTypeOf(number)) == 64 { body(instruction, operand) }
        }
      }
      block = LLVMGetNextBasicBlock(current)
    }
  }

  private static func needsConstants(_ instruction: OpaquePointer) -> Bool {
    switch LLVMGetInstructionOpcode(instruction) {
    case LLVMAlloca, LLVMSwitch, LLVMExtractElement, LLVMInsertElement: true
    case LLVMCall: LLVMGetIntrinsicID(LLVMGetCalledValue(instruction)) != 0
    case LLVMICmp: boundsUnrolledLoop(instruction)
    default: false
    }
  }

  /// Whether a branch that the comparison decides is that of a loop to be unrolled.
  private static func boundsUnrolledLoop(_ comparison: OpaquePointer) -> Bool {
    var use = LLVMGetFirstUse(comparison)
    while let current = use {
      if let hint = loopHint(LLVMGetUser(current)), hint != "llvm.loop.unroll.disable" { return true }
      use = LLVMGetNextUse(current)
    }
    return false
  }

  /// The name of the hint that the `llvm.loop` metadata of a branch carries.
  private static func loopHint(_ branch: OpaquePointer) -> String? {
    guard LLVMGetInstructionOpcode(branch) == LLVMBr else { return nil }
    let kind = LLVMGetMDKindIDInContext(LLVMGetTypeContext(LLVMTypeOf(branch)), "llvm.loop", 9)
    guard let loop = LLVMGetMetadata(branch, kind), let hint = operands(loop).dropFirst().first ?? nil,
      let name = operands(hint).first ?? nil
    else { return nil }
    var length: UInt32 = 0
    guard let text = LLVMGetMDString(name, &length) else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: text, count: Int(length)), as: UTF8.self)
  }

  private static func operands(_ node: OpaquePointer) -> [OpaquePointer?] {
    var result = [OpaquePointer?](repeating: nil, count: Int(LLVMGetMDNodeNumOperands(node)))
    LLVMGetMDNodeOperands(node, &result)
    return result
  }
}
