internal import CLLVM

extension ModuleBuilder {
  /// Adds a function; an `Emitter` gives it a body. Names are unique within a module.
  public func addFunction(
    _ name: String, params: [Type], result: Type, attributes: FunctionAttributes = FunctionAttributes(),
    linkage: Linkage = .external
  ) -> FunctionRef {
    let function = declare(name, params: params, result: result)
    precondition(LLVMCountBasicBlocks(function.ref) == 0, "function \(name) is added twice")
    LLVMSetLinkage(function.ref, linkage.llvm)
    if attributes.noUnwind { add("nounwind", to: function) }
    if attributes.alwaysInline { add("alwaysinline", to: function) }
    if attributes.noInline { add("noinline", to: function) }
    add("uwtable", to: function, value: 2)  // asynchronous: debuggers and profilers walk the stack from any instruction
    for index in attributes.noAlias { add("noalias", to: function, at: UInt32(index + 1)) }
    let target = attributes.target ?? self.target
    add("target-cpu", target.instructions.cpu, to: function)
    if !target.instructions.features.isEmpty { add("target-features", target.instructions.featureString, to: function) }
    add("prefer-vector-width", String(target.vectorBits), to: function)
    if attributes.alignment > 0 { LLVMSetAlignment(function.ref, UInt32(attributes.alignment)) }
    if attributes.framePointer != .none { add("frame-pointer", attributes.framePointer.rawValue, to: function) }
    return function
  }

  /// The function of that name: as it stands in the module, else declared as defined elsewhere.
  public func declare(_ name: String, params: [Type], result: Type) -> FunctionRef {
    if let known = function(named: name) { return known }
    let type = withHandles(params.map(\.ref)) { LLVMFunctionType(result.ref, $0, $1, 0) }
    return FunctionRef(LLVMAddFunction(ref, name, type), name: name)
  }

  /// The function of that name in the module, if there is one.
  public func function(named name: String) -> FunctionRef? {
    LLVMGetNamedFunction(ref, name).map { FunctionRef($0, name: name) }
  }

  func add(
    _ attribute: String, to function: FunctionRef, at index: LLVMAttributeIndex = ~0, value: UInt64 = 0
  ) {
    let kind = LLVMGetEnumAttributeKindForName(attribute, attribute.utf8.count)
    LLVMAddAttributeAtIndex(function.ref, index, LLVMCreateEnumAttribute(context.ref, kind, value))
  }

  private func add(_ key: String, _ value: String, to function: FunctionRef) {
    let attribute = LLVMCreateStringAttribute(
      context.ref, key, UInt32(key.utf8.count), value, UInt32(value.utf8.count))
    LLVMAddAttributeAtIndex(function.ref, ~0, attribute)
  }
}
