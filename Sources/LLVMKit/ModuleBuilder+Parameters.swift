internal import CLLVM

extension ModuleBuilder {
  /// The function with further parameters after its own: body, name and attributes pass over to it, and the former function,
  /// which nothing may call yet, is gone.
  public func addParameters(_ types: [Type], to function: FunctionRef) -> FunctionRef {
    let former = function.ref
    precondition(LLVMGetFirstUse(former) == nil, "\(function.name) is called already")
    let own = function.parameters
    LLVMSetValueName2(former, "", 0)
    let params = own.map(\.type) + types
    let type = withHandles(params.map(\.ref)) { LLVMFunctionType(LLVMGetReturnType(function.type), $0, $1, 0) }
    let result = FunctionRef(LLVMAddFunction(ref, function.name, type), name: function.name)
    LLVMSetLinkage(result.ref, LLVMGetLinkage(former))
    copyAttributes(from: former, to: result.ref, parameters: own.count)
    while let block = LLVMGetFirstBasicBlock(former) {
      LLVMRemoveBasicBlockFromParent(block)
      LLVMAppendExistingBasicBlock(result.ref, block)
    }
    for (old, new) in zip(own, result.parameters) { LLVMReplaceAllUsesWith(old.ref, new.ref) }
    LLVMDeleteFunction(former)
    return result
  }

  /// Leaves a function to its own module, where it is not inlined.
  public func keepLocal(_ function: FunctionRef) {
    LLVMSetLinkage(function.ref, Linkage.internal.llvm)
    add("noinline", to: function)
  }

  private func copyAttributes(from former: OpaquePointer, to result: OpaquePointer, parameters: Int) {
    // Of the function itself (~0), of its result (0), and of each parameter.
    for index in [~0] + (0...UInt32(parameters)).map({ $0 }) {
      let count = Int(LLVMGetAttributeCountAtIndex(former, index))
      var attributes = [OpaquePointer?](repeating: nil, count: count)
      LLVMGetAttributesAtIndex(former, index, &attributes)
      for attribute in attributes { LLVMAddAttributeAtIndex(result, index, attribute) }
    }
  }
}
