import BufferIR
import LLVMKit
import TensorIR

/// The constant tables that the runtime executes (`mrm_abi.h`).
extension Generation {
  func tableModule(manifest: String, stages: [(name: String, text: String)], main: Bool) -> ModuleBuilder {
    let module = ModuleBuilder(name: "tables", target: options.target)
    var functions: [Value] = []
    for (index, program) in programs.enumerated() { functions.append(function(program, numbers[index], module)) }
    functions.append(module.null)
    let list = module.global(
      "mrm_functions", module.constantArray(of: module.ptr, functions), linkage: .external, alignment: 8)
    let text = module.data("mrm_manifest", Array(manifest.utf8) + [0], linkage: .external, alignment: 1)
    let names = module.global(
      "mrm_ir_names", module.constantArray(of: module.ptr, stages.map { module.string($0.name) }), alignment: 8)
    let texts = module.global(
      "mrm_ir_texts", module.constantArray(of: module.ptr, stages.map { module.string($0.text) }), alignment: 8)
    let image = module.global(
      "mrm_program_data",
      module.constantStruct([
        text, list, module.constant(module.i32, stages.count), module.constant(module.i32, 0), names, texts,
      ]), linkage: .external, alignment: 8)
    if main { emitMain(module, image) }
    return module
  }

  /// `int main(int argc, char **argv) { return mrm_program_main(argc, argv, &mrm_program_data); }`
  private func emitMain(_ module: ModuleBuilder, _ image: Value) {
    let program = module.declare("mrm_program_main", params: [module.i32, module.ptr, module.ptr], result: module.i32)
    let function = module.addFunction(
      "main", params: [module.i32, module.ptr], result: module.i32, attributes: FunctionAttributes(noUnwind: false))
    let emitter = Emitter(module, function)
    emitter.ret(emitter.call(program, [function.parameter(0), function.parameter(1), image]))
  }

  /// One `mrm_function` with its calls, operand references and guards.
  private func function(_ program: Program, _ numbers: [Int], _ module: ModuleBuilder) -> Value {
    func u32(_ value: Int) -> Value { module.constant(module.i32, value) }
    func u64(_ value: Int) -> Value { module.constant(module.i64, value) }
    let offsets = program.arenaOffsets
    /// As the runtime numbers types (`mrm_abi.h`).
    func number(_ element: ElementType) -> Value {
      switch element {
      case .f32: u32(0)
      case .f64: u32(1)
      case .bf16: u32(2)
      case .i32, .i64, .bool: u32(3)
      }
    }
    func reference(_ buffer: BufferID, _ byteOffset: Int, _ element: ElementType? = nil) -> Value {
      let (slot, base): (Int, Int) =
        switch program.buffers[buffer.index].storage {
        case .temporary: (0, offsets[buffer.index] ?? 0)
        case .constant(let offset): (1, offset)
        case .input(let i): (2 + i, 0)
        case .output(let i): (2 + program.inputs.count + i, 0)
        }
      let type = number(element ?? program.buffers[buffer.index].element)
      let bytes = program.buffers[buffer.index].byteCount - byteOffset
      return module.constantStruct([u32(slot), type, u64(base + byteOffset), u64(bytes)])
    }
    let referenceType = module.structType([module.i32, module.i32, module.i64, module.i64])
    var references: [Value] = []
    var calls: [Value] = []
    for call in program.calls {
      let kernel = module.declare(
        symbols[numbers[call.kernel]], params: KernelFrame.parameters(module), result: module.void)
      calls.append(
        module.constantStruct([
          kernel.address, module.string(call.label), u32(references.count), u32(call.operands.count),
          module.constant(module.f64, call.flops), module.constant(module.f64, call.bytes),
        ]))
      references += call.operands.map { reference($0.buffer, $0.byteOffset) }
    }
    let guards = program.guards.map { item in
      module.constantStruct([
        u32(item.beforeCall), u32(0), reference(item.buffer, item.byteOffset, item.element), module.string(item.name),
      ])
    }
    let prefix = "mrm_\(program.name)_"
    func table(_ name: String, _ type: Type?, _ values: [Value]) -> Value {
      guard let type = type ?? values.first?.type, !values.isEmpty else { return module.null }
      return module.global(prefix + name, module.constantArray(of: type, values), alignment: 8)
    }
    return module.global(
      "mrm_fn_\(program.name)",
      module.constantStruct([
        module.string(program.name), u64(program.plan.arenaBytes), u64(program.scratchBytes), u32(program.inputs.count),
        u32(program.outputs.count), u32(calls.count), u32(references.count), u32(guards.count), u32(0),
        table("calls", nil, calls), table("refs", referenceType, references), table("guards", nil, guards),
        program.constants.isEmpty ? module.null : module.data(prefix + "constants", program.constants),
      ]), linkage: .external, alignment: 8)
  }
}
