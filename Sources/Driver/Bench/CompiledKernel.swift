import BufferIR
import CRuntime
import Codegen
import Execution

/// One side of a comparison: a kernel's graph through the passes, compiled by the JIT, with memory of its own.
final class CompiledKernel {
  /// `forward` and `backward`, or the only function.
  let programs: [Program]
  private let code: LoadedCode
  private let tensors: TensorBlock
  private let arena: MemoryBlock
  private let pool: ThreadPool
  private var functions: [BoundFunction] = []

  /// Compiles and fills the inputs; the same graph gives the same inputs whatever the options.
  init(_ graph: KernelGraph, _ options: BuildOptions, pool: ThreadPool) throws(Diagnostic) {
    let compilation = try Compilation(options, module: graph.module)
    var parts = try compilation.optimized(graph.module)
    if !graph.forwardResults.isEmpty {
      let both = ForwardBackward(parts.functions[0], forwardResults: graph.forwardResults)
      parts.functions = [both.forward, both.backward].filter { !$0.results.isEmpty }
    }
    programs = try compilation.lowered(parts)
    try compilation.finish()
    code = try LoadedCode(
      try CodeGenerator.objects(
        programs, manifest: "{}", stages: [], main: false, options: compilation.codegenOptions),
      for: compilation.target)
    let source = graph.module.functions[0]
    tensors = try TensorBlock(Self.sizes(source, programs))
    arena = try MemoryBlock(bytes: programs.map(\.plan.arenaBytes).max() ?? 0)
    self.pool = pool
    let memory = tensors
    try BenchInputs.fill(source, of: graph.module) { memory[$0]! }
    for program in programs {
      var bindings = program.inputs.map { tensors[$0.name]!.baseAddress }
      for output in program.outputs {
        bindings.append(output.alias.map { bindings[$0] } ?? tensors[output.name]!.baseAddress)
      }
      functions.append(
        try BoundFunction(try code.function(program.name), pool: pool, arena: arena, addresses: bindings))
    }
  }

  /// One tensor per name: what one part writes the other reads.
  private static func sizes(_ source: Function, _ programs: [Program]) -> [(name: String, byteCount: Int)] {
    var sizes: [(name: String, byteCount: Int)] = []
    var seen = Set<String>()
    func add(_ name: String, _ type: TensorType) {
      if seen.insert(name).inserted { sizes.append((name, type.byteCount)) }
    }
    for argument in source.arguments { add(argument.name, argument.type) }
    for program in programs {
      for input in program.inputs { add(input.name, input.type) }
      for output in program.outputs where output.alias == nil { add(output.name, output.type) }
    }
    return sizes
  }

  /// Seconds of one run of a part, the mean of `repeats`.
  func run(_ part: Int, repeats: Int = 1) -> Double {
    let start = ContinuousClock.now
    for _ in 0..<repeats { _ = functions[part].run() }
    return (ContinuousClock.now - start).seconds / Double(repeats)
  }

  /// The f32 results of a part by name, but for what it saves for the other.
  func results(_ part: Int) -> [(name: String, values: UnsafeBufferPointer<Float>)] {
    programs[part].outputs.compactMap { output in
      guard !output.name.hasPrefix(ForwardBackward.saved), output.type.element == .f32 else { return nil }
      let name = output.alias.map { programs[part].inputs[$0].name } ?? output.name
      return (output.name, UnsafeBufferPointer(tensors[name]!.bindMemory(to: Float.self)))
    }
  }
}
