internal import CLLVM
import Support

extension ModuleBuilder {
  /// The object file of the module, verified and optimised.
  public func compiled(level: OptimizationLevel = .standard) throws(Diagnostic) -> [UInt8] {
    try verify()
    try optimize(level: level)
    return try emitObject(level: level)
  }

  /// Runs LLVM's passes of a level.
  public func optimize(level: OptimizationLevel) throws(Diagnostic) {
    if level == .none { return }
    try optimize(pipeline: level.pipeline, vectorize: level == .aggressive)
  }

  /// Runs the passes named in the syntax of LLVM's new pass manager, such as `function(sroa,instcombine)`.
  public func optimize(pipeline: String, vectorize: Bool = false) throws(Diagnostic) {
    let machine = try TargetMachine(target, level: .standard)
    let options = LLVMCreatePassBuilderOptions()
    defer { LLVMDisposePassBuilderOptions(options) }
    LLVMPassBuilderOptionsSetLoopVectorization(options, vectorize ? 1 : 0)
    LLVMPassBuilderOptionsSetLoopInterleaving(options, vectorize ? 1 : 0)
    LLVMPassBuilderOptionsSetSLPVectorization(options, vectorize ? 1 : 0)
    try check(LLVMRunPasses(ref, pipeline, machine.ref, options), "LLVM's passes on module '\(name)'")
  }

  /// The relocatable object file (ELF) of the module: what the JIT loads and what the linker takes.
  public func emitObject(level: OptimizationLevel = .standard) throws(Diagnostic) -> [UInt8] {
    try emit(LLVMObjectFile, level: level)
  }

  /// The module as the target's assembly text.
  public func emitAssembly(level: OptimizationLevel = .standard) throws(Diagnostic) -> String {
    String(decoding: try emit(LLVMAssemblyFile, level: level), as: UTF8.self)
  }

  private func emit(_ kind: LLVMCodeGenFileType, level: OptimizationLevel) throws(Diagnostic) -> [UInt8] {
    let machine = try TargetMachine(target, level: level)
    var buffer: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
    if LLVMTargetMachineEmitToMemoryBuffer(machine.ref, ref, kind, &message, &buffer) != 0 {
      throw Diagnostic(.compilerBug, "code generation for module '\(name)': \(takeMessage(message))")
    }
    defer { LLVMDisposeMemoryBuffer(buffer) }
    let start = UnsafeRawPointer(LLVMGetBufferStart(buffer)!)
    return Array(UnsafeRawBufferPointer(start: start, count: LLVMGetBufferSize(buffer)))
  }
}
