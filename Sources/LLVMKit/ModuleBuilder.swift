internal import CLLVM
import Support

/// One LLVM module in a context of its own. Modules are independent: each may be built and compiled on its own thread,
/// but one module belongs to one thread at a time.
public final class ModuleBuilder {
  let context: Context
  let ref: OpaquePointer
  public let name: String
  /// What the module's functions are compiled for unless their attributes say otherwise.
  public let target: Target
  var strings: [String: Value] = [:]

  public init(name: String, target: Target) {
    context = Context()
    ref = LLVMModuleCreateWithNameInContext(name, context.ref)
    self.name = name
    self.target = target
    LLVMSetTarget(ref, target.triple)
    setDataLayout()
  }

  deinit {
    LLVMDisposeModule(ref)
  }

  public var i1: Type { Type(LLVMInt1TypeInContext(context.ref)) }
  public var i8: Type { Type(LLVMInt8TypeInContext(context.ref)) }
  public var i16: Type { Type(LLVMInt16TypeInContext(context.ref)) }
  public var i32: Type { Type(LLVMInt32TypeInContext(context.ref)) }
  public var i64: Type { Type(LLVMInt64TypeInContext(context.ref)) }
  public var f32: Type { Type(LLVMFloatTypeInContext(context.ref)) }
  public var f64: Type { Type(LLVMDoubleTypeInContext(context.ref)) }
  public var bf16: Type { Type(LLVMBFloatTypeInContext(context.ref)) }
  public var ptr: Type { Type(LLVMPointerTypeInContext(context.ref, 0)) }
  public var void: Type { Type(LLVMVoidTypeInContext(context.ref)) }

  /// A vector of `count` lanes.
  public func vector(of element: Type, _ count: Int) -> Type { element.vector(count) }

  public func array(of element: Type, _ count: Int) -> Type { Type(LLVMArrayType2(element.ref, UInt64(count))) }

  /// An anonymous structure with C's layout (padding as the target's C compiler inserts it).
  public func structType(_ fields: [Type]) -> Type {
    Type(withHandles(fields.map(\.ref)) { LLVMStructTypeInContext(context.ref, $0, $1, 0) })
  }

  /// Throws `.compilerBug` with LLVM's complaint if the module is malformed.
  public func verify() throws(Diagnostic) {
    var message: UnsafeMutablePointer<CChar>?
    let broken = LLVMVerifyModule(ref, LLVMReturnStatusAction, &message) != 0
    let text = takeMessage(message)
    if broken { throw Diagnostic(.compilerBug, "module '\(name)' is malformed", notes: lines(of: text)) }
  }

  /// The module as LLVM assembly text (`.ll`).
  public func print() -> String { takeMessage(LLVMPrintModuleToString(ref)) }

  /// Sizes and alignments of types are the target's from the first instruction on.
  private func setDataLayout() {
    do throws(Diagnostic) {
      let machine = try TargetMachine(target, level: .none)
      let layout = LLVMCreateTargetDataLayout(machine.ref)
      LLVMSetModuleDataLayout(ref, layout)
      LLVMDisposeTargetData(layout)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private func lines(of text: String) -> [String] { text.split(separator: "\n").map(String.init) }
}
