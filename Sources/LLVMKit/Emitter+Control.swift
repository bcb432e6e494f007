internal import CLLVM

extension Emitter {
  /// Appends an empty block to the function; the position stays.
  public func block(_ name: String) -> BasicBlock {
    BasicBlock(ref: LLVMAppendBasicBlockInContext(module.context.ref, function.ref, name))
  }

  /// Moves the position to the end of a block.
  public func position(atEndOf block: BasicBlock) {
    LLVMPositionBuilderAtEnd(builder, block.ref)
  }

  public var currentBlock: BasicBlock { BasicBlock(ref: LLVMGetInsertBlock(builder)) }

  public func br(_ target: BasicBlock) { LLVMBuildBr(builder, target.ref) }

  public func condbr(_ condition: Value, _ then: BasicBlock, _ otherwise: BasicBlock) {
    LLVMBuildCondBr(builder, condition.ref, then.ref, otherwise.ref)
  }

  public func ret() { LLVMBuildRetVoid(builder) }

  public func ret(_ value: Value) { LLVMBuildRet(builder, value.ref) }

  public func unreachable() { LLVMBuildUnreachable(builder) }

  /// A phi; give it its values with `addIncoming` once their blocks exist.
  public func phi(_ type: Type, _ incoming: [(Value, BasicBlock)] = []) -> Value {
    let phi = Value(LLVMBuildPhi(builder, type.ref, ""))
    for (value, block) in incoming { addIncoming(phi, value, from: block) }
    return phi
  }

  public func addIncoming(_ phi: Value, _ value: Value, from block: BasicBlock) {
    var values: OpaquePointer? = value.ref
    var blocks: OpaquePointer? = block.ref
    LLVMAddIncoming(phi.ref, &values, &blocks, 1)
  }

  /// Emits `body` where the condition holds.
  public func ifThen<E: Error>(_ condition: Value, _ body: () throws(E) -> Void) throws(E) {
    let then = block("then")
    let done = block("done")
    condbr(condition, then, done)
    position(atEndOf: then)
    try body()
    br(done)
    position(atEndOf: done)
  }

  /// Emits one of two branches.
  public func ifThen<E: Error>(
    _ condition: Value, _ body: () throws(E) -> Void, else otherwise: () throws(E) -> Void
  ) throws(E) {
    func valueless(_ body: () throws(E) -> Void) throws(E) -> [Value] {
      try body()
      return []
    }
    try ifElse(
      condition, then: { () throws(E) in try valueless(body) }, else: { () throws(E) in try valueless(otherwise) })
  }

  /// Emits one of two branches; each gives the values the whole gives, of the same types.
  @discardableResult
  public func ifElse<E: Error>(
    _ condition: Value, then: () throws(E) -> [Value], else otherwise: () throws(E) -> [Value]
  ) throws(E) -> [Value] {
    let thenBlock = block("then")
    let elseBlock = block("else")
    let done = block("done")
    condbr(condition, thenBlock, elseBlock)
    position(atEndOf: thenBlock)
    let a = try then()
    let thenEnd = currentBlock
    br(done)
    position(atEndOf: elseBlock)
    let b = try otherwise()
    let elseEnd = currentBlock
    br(done)
    position(atEndOf: done)
    precondition(a.count == b.count, "the branches give \(a.count) and \(b.count) values")
    return zip(a, b).map { phi($0.type, [($0, thenEnd), ($1, elseEnd)]) }
  }
}
