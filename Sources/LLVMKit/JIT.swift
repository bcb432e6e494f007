internal import CLLVM
import Support

/// Loads object files into this process (ORC). Symbols of the process, such as `cblas_sgemm`, resolve by themselves.
/// The code lives as long as the JIT.
public final class JIT {
  private let ref: OpaquePointer

  /// Throws `.compilerBug` if LLVM cannot make a JIT.
  /// - Parameter debuggers: registers the code with gdb as it is loaded, so that kernels can be broken in by name.
  public init(debuggers: Bool = false) throws(Diagnostic) {
    Target.initialize()
    let builder = LLVMOrcCreateLLJITBuilder()
    if debuggers {
      LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator(
        builder,
        { _, session, _ in
          let layer = LLVMOrcCreateRTDyldObjectLinkingLayerWithSectionMemoryManager(session)
          LLVMOrcRTDyldObjectLinkingLayerRegisterJITEventListener(layer, LLVMCreateGDBRegistrationListener())
          return layer
        }, nil)
    }
    var jit: OpaquePointer?
    try check(LLVMOrcCreateLLJIT(&jit, builder), "starting the JIT")
    ref = jit!
    var generator: OpaquePointer?
    try check(
      LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(&generator, LLVMOrcLLJITGetGlobalPrefix(ref), nil, nil),
      "the symbols of the process")
    LLVMOrcJITDylibAddGenerator(LLVMOrcLLJITGetMainJITDylib(ref), generator)
  }

  deinit {
    if let error = LLVMOrcDisposeLLJIT(ref) { LLVMConsumeError(error) }
  }

  /// Adds an object file. Throws `.compilerBug` if it is malformed or defines a symbol anew.
  public func add(object bytes: [UInt8]) throws(Diagnostic) {
    let buffer = bytes.withUnsafeBytes { raw in
      LLVMCreateMemoryBufferWithMemoryRangeCopy(
        raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count, "object")
    }
    try check(
      LLVMOrcLLJITAddObjectFile(ref, LLVMOrcLLJITGetMainJITDylib(ref), buffer), "loading an object file")
  }

  /// Gives a name to an address of this process, for objects added later to refer to.
  public func define(_ name: String, _ address: UnsafeRawPointer) throws(Diagnostic) {
    let flags = LLVMJITSymbolFlags(GenericFlags: UInt8(LLVMJITSymbolGenericFlagsExported.rawValue), TargetFlags: 0)
    var pair = LLVMOrcCSymbolMapPair(
      Name: LLVMOrcLLJITMangleAndIntern(ref, name),
      Sym: LLVMJITEvaluatedSymbol(Address: UInt64(UInt(bitPattern: address)), Flags: flags))
    let unit = LLVMOrcAbsoluteSymbols(&pair, 1)
    try check(LLVMOrcJITDylibDefine(LLVMOrcLLJITGetMainJITDylib(ref), unit), "defining \(name)")
  }

  /// The address of a function or global. Throws `.compilerBug` if nobody defines it or what it needs.
  public func symbol(_ name: String) throws(Diagnostic) -> UnsafeRawPointer {
    var address: LLVMOrcExecutorAddress = 0
    try check(LLVMOrcLLJITLookup(ref, &address, name), "looking up \(name)")
    guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else {
      throw Diagnostic(.compilerBug, "symbol \(name) has no address")
    }
    return pointer
  }
}
