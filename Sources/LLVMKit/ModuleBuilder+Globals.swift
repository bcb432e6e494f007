internal import CLLVM

extension ModuleBuilder {
  /// Adds a global with a value; the result is its address.
  /// - Parameters:
  ///   - constant: whether it lies in read-only memory.
  ///   - alignment: in bytes; 0 takes the type's own.
  public func global(
    _ name: String, _ initializer: Value, constant: Bool = true, linkage: Linkage = .internal, alignment: Int = 0,
    section: String? = nil
  ) -> Value {
    let global = LLVMAddGlobal(ref, initializer.type.ref, name)!
    LLVMSetInitializer(global, initializer.ref)
    LLVMSetGlobalConstant(global, constant ? 1 : 0)
    LLVMSetLinkage(global, linkage.llvm)
    if linkage == .private { LLVMSetUnnamedAddress(global, LLVMGlobalUnnamedAddr) }
    if alignment > 0 { LLVMSetAlignment(global, UInt32(alignment)) }
    if let section { LLVMSetSection(global, section) }
    return Value(global)
  }

  /// Adds zeroed, writable memory of a type; the result is its address.
  public func zeroedGlobal(_ name: String, _ type: Type, linkage: Linkage = .internal, alignment: Int = 0) -> Value {
    global(name, zero(type), constant: false, linkage: linkage, alignment: alignment)
  }

  /// A global that another module defines; the result is its address.
  public func externalGlobal(_ name: String, _ type: Type) -> Value {
    Value(LLVMGetNamedGlobal(ref, name) ?? LLVMAddGlobal(ref, type.ref, name))
  }

  /// Adds constant data, 64-byte aligned unless told otherwise; the result is its address.
  public func data(
    _ name: String, _ bytes: [UInt8], linkage: Linkage = .internal, alignment: Int = 64, section: String? = nil
  ) -> Value {
    global(name, constant(bytes: bytes), linkage: linkage, alignment: alignment, section: section)
  }

  /// The address of a private, zero-terminated string; equal strings share one.
  public func string(_ text: String) -> Value {
    if let known = strings[text] { return known }
    let value = global("str", constant(bytes: Array(text.utf8) + [0]), linkage: .private, alignment: 1)
    strings[text] = value
    return value
  }

  /// An array of `i8` with these values.
  public func constant(bytes: [UInt8]) -> Value {
    bytes.withUnsafeBytes { raw in
      Value(LLVMConstStringInContext2(context.ref, raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count, 1))
    }
  }

  /// An array of constants of one type: numbers, structures or addresses.
  public func constantArray(of element: Type, _ values: [Value]) -> Value {
    Value(withHandles(values.map(\.ref)) { LLVMConstArray2(element.ref, $0, UInt64($1)) })
  }

  /// A structure of constants with C's layout; addresses of functions and globals become relocations.
  public func constantStruct(_ fields: [Value]) -> Value {
    Value(withHandles(fields.map(\.ref)) { LLVMConstStructInContext(context.ref, $0, $1, 0) })
  }

  /// A whole number, splatted over the lanes of a vector type; integers take it modulo 2^width.
  public func constant(_ type: Type, _ value: Int) -> Value {
    if type.isFloat { return constant(type, Double(value)) }
    return splat(Value(LLVMConstInt(type.element.ref, UInt64(bitPattern: Int64(value)), 1)), like: type)
  }

  /// A floating-point number rounded to the type, splatted over the lanes of a vector type.
  public func constant(_ type: Type, _ value: Double) -> Value {
    splat(Value(LLVMConstReal(type.element.ref, value)), like: type)
  }

  /// All bits zero.
  public func zero(_ type: Type) -> Value { Value(LLVMConstNull(type.ref)) }

  /// A value that must not be used: a lane nobody reads.
  public func poison(_ type: Type) -> Value { Value(LLVMGetPoison(type.ref)) }

  /// The null address.
  public var null: Value { Value(LLVMConstNull(ptr.ref)) }

  /// The address `bytes` after a global's address, as a constant.
  public func constantAddress(_ base: Value, offset bytes: Int) -> Value {
    bytes == 0
      ? base : Value(withHandles([constant(i64, bytes).ref]) { LLVMConstGEP2(i8.ref, base.ref, $0, $1) })
  }

  /// A vector of constants, one per lane.
  public func constantVector(_ lanes: [Value]) -> Value {
    Value(withHandles(lanes.map(\.ref)) { LLVMConstVector($0, $1) })
  }

  private func splat(_ scalar: Value, like type: Type) -> Value {
    type.isVector ? constantVector(Array(repeating: scalar, count: type.lanes)) : scalar
  }
}
