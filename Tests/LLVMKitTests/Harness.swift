import LLVMKit

/// Targets whose code runs on this machine.
let runnableTargets: [Target] = Target.names.compactMap { name in
  guard let target = try? Target.named(name) else { return nil }
  let host = Set(Target.host().requiredCPUFlags)
  return host.isSuperset(of: target.requiredCPUFlags) ? target : nil
}

/// A program of one module, loaded.
struct Loaded {
  let jit: JIT

  init(
    _ target: Target, level: OptimizationLevel = .standard, debuggers: Bool = false, _ build: (ModuleBuilder) -> Void
  ) throws {
    let module = ModuleBuilder(name: "test", target: target)
    build(module)
    try module.verify()
    try module.optimize(level: level)
    jit = try JIT(debuggers: debuggers)
    try jit.add(object: try module.emitObject(level: level))
  }

  /// Calls `void name(void *in, void *out)`.
  func call(_ name: String, _ input: UnsafeMutableRawPointer, _ output: UnsafeMutableRawPointer) throws {
    typealias Function = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
    unsafeBitCast(try jit.symbol(name), to: Function.self)(input, output)
  }
}

/// Adds `void name(void *in, void *out)` and emits its body.
func addKernel(_ module: ModuleBuilder, _ name: String, _ body: (Emitter, Value, Value) -> Void) {
  let attributes = FunctionAttributes(noAlias: [1])
  let function = module.addFunction(
    name, params: [module.ptr, module.ptr], result: module.void, attributes: attributes)
  let e = Emitter(module, function)
  body(e, function.parameter(0), function.parameter(1))
  e.ret()
}
