internal import CLLVM

extension Emitter {
  /// Emits `body` for index = from, from + step, … while index < to (signed `i64`; step is positive).
  public func loop<E: Error>(
    from: Value, to: Value, step: Int = 1, unrolling: Unrolling = .automatic, _ body: (Value) throws(E) -> Void
  ) throws(E) {
    _ = try loop(from: from, to: to, step: step, initial: [], unrolling: unrolling) {
      (index: Value, _: [Value]) throws(E) -> [Value] in
      try body(index)
      return []
    }
  }

  /// Emits a loop between constants.
  public func loop<E: Error>(
    from: Int, to: Int, step: Int = 1, unrolling: Unrolling = .automatic, _ body: (Value) throws(E) -> Void
  ) throws(E) {
    try loop(from: i64(from), to: i64(to), step: step, unrolling: unrolling, body)
  }

  /// Emits a loop that carries values from round to round: `body` takes the current ones and gives the next; the result
  /// are those of the last round, or `initial` if there is none. The test stands at the end of the body (one branch per
  /// round), behind one guard.
  public func loop<E: Error>(
    from: Value, to: Value, step: Int = 1, initial: [Value], unrolling: Unrolling = .automatic,
    _ body: (Value, [Value]) throws(E) -> [Value]
  ) throws(E) -> [Value] {
    precondition(step > 0, "a loop's step is positive")
    let before = currentBlock
    let start = block("loop")
    let done = block("loop.done")
    condbr(icmp(.slt, from, to), start, done)

    position(atEndOf: start)
    let index = phi(from.type, [(from, before)])
    let carried = initial.map { phi($0.type, [($0, before)]) }
    let next = try body(index, carried)
    precondition(next.count == initial.count, "the loop carries \(initial.count) values, its body gives \(next.count)")
    let nextIndex = addIndex(index, constant(index.type, step))
    let end = currentBlock
    let branch = LLVMBuildCondBr(builder, icmp(.slt, nextIndex, to).ref, start.ref, done.ref)
    annotate(branch!, unrolling)
    addIncoming(index, nextIndex, from: end)
    for (phi, value) in zip(carried, next) { addIncoming(phi, value, from: end) }

    position(atEndOf: done)
    return zip(initial, next).map { phi($0.type, [($0, before), ($1, end)]) }
  }

  /// Emits a loop that runs while a condition on the values it carries holds: `body` takes the current ones and gives the
  /// next; the result are those for which the condition does not hold.
  public func loop<E: Error>(
    initial: [Value], while condition: ([Value]) -> Value, _ body: ([Value]) throws(E) -> [Value]
  ) throws(E) -> [Value] {
    let before = currentBlock
    let test = block("while")
    let start = block("while.body")
    let done = block("while.done")
    br(test)

    position(atEndOf: test)
    let carried = initial.map { phi($0.type, [($0, before)]) }
    condbr(condition(carried), start, done)

    position(atEndOf: start)
    let next = try body(carried)
    precondition(next.count == initial.count, "the loop carries \(initial.count) values, its body gives \(next.count)")
    let end = currentBlock
    br(test)
    for (phi, value) in zip(carried, next) { addIncoming(phi, value, from: end) }

    position(atEndOf: done)
    return carried
  }

  /// Attaches `llvm.loop` metadata: a distinct node that begins with itself.
  private func annotate(_ branch: OpaquePointer, _ unrolling: Unrolling) {
    let hint: [OpaquePointer?]
    switch unrolling {
    case .automatic: return
    case .never: hint = [text("llvm.loop.unroll.disable")]
    case .times(let count): hint = [text("llvm.loop.unroll.count"), LLVMValueAsMetadata(i32(count).ref)]
    case .full: hint = [text("llvm.loop.unroll.full")]
    }
    let context = module.context.ref
    let placeholder = LLVMTemporaryMDNode(context, nil, 0)
    var operands = [placeholder, node(hint)]
    let loop = LLVMMDNodeInContext2(context, &operands, operands.count)
    LLVMMetadataReplaceAllUsesWith(placeholder, loop)
    let kind = LLVMGetMDKindIDInContext(context, "llvm.loop", 9)
    LLVMSetMetadata(branch, kind, LLVMMetadataAsValue(context, loop))
  }

  private func node(_ operands: [OpaquePointer?]) -> OpaquePointer? {
    var operands = operands
    return LLVMMDNodeInContext2(module.context.ref, &operands, operands.count)
  }

  private func text(_ string: String) -> OpaquePointer? {
    LLVMMDStringInContext2(module.context.ref, string, string.utf8.count)
  }
}
