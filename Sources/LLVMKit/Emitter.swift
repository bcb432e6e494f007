internal import CLLVM

/// Emits instructions into one function, at the end of a current block. A copy shares the position.
public struct Emitter {
  /// Owns LLVM's instruction builder, which must not outlive the module's context.
  final class Builder {
    let ref: OpaquePointer
    private let module: ModuleBuilder

    init(_ module: ModuleBuilder) {
      self.module = module
      ref = LLVMCreateBuilderInContext(module.context.ref)
    }

    deinit {
      LLVMDisposeBuilder(ref)
    }
  }

  public let module: ModuleBuilder
  public let function: FunctionRef
  private let handle: Builder

  var builder: OpaquePointer { handle.ref }

  /// Begins the body of `function` with an entry block.
  public init(_ module: ModuleBuilder, _ function: FunctionRef) {
    self.module = module
    self.function = function
    handle = Builder(module)
    position(atEndOf: block("entry"))
  }

  public var i1: Type { module.i1 }
  public var i8: Type { module.i8 }
  public var i16: Type { module.i16 }
  public var i32: Type { module.i32 }
  public var i64: Type { module.i64 }
  public var f32: Type { module.f32 }
  public var f64: Type { module.f64 }
  public var bf16: Type { module.bf16 }
  public var ptr: Type { module.ptr }

  /// An `i1` constant.
  public func bool(_ value: Bool) -> Value { module.constant(i1, value ? 1 : 0) }

  /// An `i32` constant.
  public func i32(_ value: Int) -> Value { module.constant(i32, value) }

  /// An `i64` constant.
  public func i64(_ value: Int) -> Value { module.constant(i64, value) }

  /// An `f32` constant.
  public func f32(_ value: Double) -> Value { module.constant(f32, value) }

  /// A whole number, splatted over the lanes of a vector type.
  public func constant(_ type: Type, _ value: Int) -> Value { module.constant(type, value) }

  /// A floating-point constant, splatted over the lanes of a vector type.
  public func constant(_ type: Type, _ value: Double) -> Value { module.constant(type, value) }

  public func zero(_ type: Type) -> Value { module.zero(type) }

  public func poison(_ type: Type) -> Value { module.poison(type) }
}
