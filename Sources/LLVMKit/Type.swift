internal import CLLVM

/// An LLVM type of one module's context.
public struct Type: Equatable {
  let ref: OpaquePointer

  init(_ ref: OpaquePointer) {
    self.ref = ref
  }

  private var kind: LLVMTypeKind { LLVMGetTypeKind(ref) }

  public var isVector: Bool { kind == LLVMVectorTypeKind }

  public var isPointer: Bool { kind == LLVMPointerTypeKind }

  /// Whether it, or its lanes, are integers.
  public var isInteger: Bool { LLVMGetTypeKind(element.ref) == LLVMIntegerTypeKind }

  /// Whether it, or its lanes, are floating point.
  public var isFloat: Bool {
    let kind = LLVMGetTypeKind(element.ref)
    return kind == LLVMFloatTypeKind || kind == LLVMDoubleTypeKind || kind == LLVMBFloatTypeKind
      || kind == LLVMHalfTypeKind
  }

  /// The type of one lane; a scalar's is itself.
  public var element: Type { isVector ? Type(LLVMGetElementType(ref)) : self }

  /// Lanes of a vector; 1 for a scalar.
  public var lanes: Int { isVector ? Int(LLVMGetVectorSize(ref)) : 1 }

  /// Bits of one lane; 64 for a pointer, 0 for what has no fixed width.
  public var elementBits: Int {
    switch LLVMGetTypeKind(element.ref) {
    case LLVMIntegerTypeKind: Int(LLVMGetIntTypeWidth(element.ref))
    case LLVMBFloatTypeKind, LLVMHalfTypeKind: 16
    case LLVMFloatTypeKind: 32
    case LLVMDoubleTypeKind, LLVMPointerTypeKind: 64
    default: 0
    }
  }

  /// The same shape (scalar, or as many lanes) with another element type.
  public func with(element: Type) -> Type {
    isVector ? element.vector(lanes) : element.element
  }

  /// The same element with another number of lanes; 1 gives a vector of one lane.
  public func with(lanes: Int) -> Type { element.vector(lanes) }

  /// A vector of this scalar type.
  public func vector(_ lanes: Int) -> Type { Type(LLVMVectorType(ref, UInt32(lanes))) }

  /// `iN` with the width, and the shape, of this type: what a bit cast of it gives.
  public var asInteger: Type {
    let scalar = Type(LLVMIntTypeInContext(LLVMGetTypeContext(ref), UInt32(elementBits)))
    return with(element: scalar)
  }

  /// The type of a comparison of two values of this type: `i1` in the same shape.
  public var asMask: Type { with(element: Type(LLVMInt1TypeInContext(LLVMGetTypeContext(ref)))) }
}

extension Type: CustomStringConvertible {
  /// LLVM's own spelling, such as `<16 x float>`.
  public var description: String { takeMessage(LLVMPrintTypeToString(ref)) }
}
