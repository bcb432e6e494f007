internal import CLLVM

/// An LLVM value: a constant, a parameter, a global's address or the result of an instruction.
public struct Value: Equatable {
  let ref: OpaquePointer

  init(_ ref: OpaquePointer) {
    self.ref = ref
  }

  public var type: Type { Type(LLVMTypeOf(ref)) }

  /// Lanes of a vector; 1 for a scalar.
  public var lanes: Int { type.lanes }

  /// The value of an integer constant; nil for anything else.
  public var constantInteger: Int? {
    guard LLVMIsAConstantInt(ref) != nil else { return nil }
    return Int(LLVMConstIntGetSExtValue(ref))
  }

  /// Gives the value a readable name in printed IR.
  @discardableResult
  public func named(_ name: String) -> Value {
    LLVMSetValueName2(ref, name, name.utf8.count)
    return self
  }

  /// States the alignment, in bytes, of a load or store.
  func align(_ bytes: Int) {
    LLVMSetAlignment(ref, UInt32(bytes))
  }
}

extension Value: CustomStringConvertible {
  /// LLVM's own spelling of the value.
  public var description: String { takeMessage(LLVMPrintValueToString(ref)) }
}
