internal import CLLVM
import Support

/// Owns LLVM's code generator for one target; used by one thread at a time.
struct TargetMachine: ~Copyable {
  let ref: OpaquePointer

  /// Throws `.compilerBug` if this LLVM has no code generator for the triple.
  init(_ target: Target, level: OptimizationLevel) throws(Diagnostic) {
    Target.initialize()
    var llvmTarget: LLVMTargetRef?
    var message: UnsafeMutablePointer<CChar>?
    if LLVMGetTargetFromTriple(target.triple, &llvmTarget, &message) != 0 {
      throw Diagnostic(.compilerBug, "LLVM knows no target \(target.triple): \(takeMessage(message))")
    }
    let codegen: LLVMCodeGenOptLevel =
      switch level {
      case .none: LLVMCodeGenLevelNone
      case .standard: LLVMCodeGenLevelDefault
      case .aggressive: LLVMCodeGenLevelAggressive
      }
    guard
      let machine = LLVMCreateTargetMachine(
        llvmTarget, target.triple, target.instructions.cpu, target.instructions.featureString, codegen, LLVMRelocPIC,
        LLVMCodeModelDefault)
    else { throw Diagnostic(.compilerBug, "LLVM has no code generator for \(target.triple)") }
    ref = machine
  }

  deinit {
    LLVMDisposeTargetMachine(ref)
  }
}
