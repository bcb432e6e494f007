internal import CLLVM

extension Emitter {
  /// Calls a function; the result of a `void` function must not be used.
  @discardableResult
  public func call(_ callee: FunctionRef, _ arguments: [Value]) -> Value {
    Value(withHandles(arguments.map(\.ref)) { LLVMBuildCall2(builder, callee.type, callee.ref, $0, $1, "") })
  }

  /// Calls through an address with a given signature.
  @discardableResult
  public func call(address: Value, params: [Type], result: Type, _ arguments: [Value]) -> Value {
    let type = withHandles(params.map(\.ref)) { LLVMFunctionType(result.ref, $0, $1, 0) }
    return Value(withHandles(arguments.map(\.ref)) { LLVMBuildCall2(builder, type, address.ref, $0, $1, "") })
  }

  /// Calls an LLVM intrinsic by its base name (`llvm.sqrt`, `llvm.x86.avx512bf16.dpbf16ps.512`) with the types it is
  /// overloaded on, in the order of its mangled name; none if it is not overloaded.
  @discardableResult
  public func intrinsic(_ name: String, _ overloads: [Type], _ arguments: [Value]) -> Value {
    let id = LLVMLookupIntrinsicID(name, name.utf8.count)
    precondition(id != 0, "LLVM has no intrinsic \(name)")
    let callee = withHandles(overloads.map(\.ref)) { types, count in
      LLVMGetIntrinsicDeclaration(module.ref, id, types, Int(count))
    }!
    let type = LLVMGlobalGetValueType(callee)
    return Value(withHandles(arguments.map(\.ref)) { LLVMBuildCall2(builder, type, callee, $0, $1, "") })
  }
}
