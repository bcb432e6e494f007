import BufferIR
import LLVMKit
import Support
import TensorIR

/// From programs to machine code: the JIT and ahead-of-time builds share every line.
public enum CodeGenerator {
  /// Object files that together define `mrm_fn_<name>` per program, `mrm_program_data` (an `mrm_program`) and, if `main`, a
  /// `main` that hands it to `mrm_program_main`. Equal kernels of all programs are compiled once.
  public static func objects(
    _ programs: [Program], manifest: String, stages: [(name: String, text: String)], main: Bool, options: CodegenOptions
  ) throws(Diagnostic) -> [[UInt8]] {
    let generation = Generation(programs, options)
    var modules = try generation.kernelModules()
    modules.append(generation.tableModule(manifest: manifest, stages: stages, main: main))
    return try compile(modules: modules, level: options.optimization, threads: options.threads)
  }

  /// The kernels as LLVM IR, before LLVM's own passes.
  public static func llvmText(_ programs: [Program], options: CodegenOptions) throws(Diagnostic) -> String {
    try Generation(programs, options).kernelModules(parts: 1)[0].print()
  }

  /// The kernels as assembly for the target.
  public static func assembly(_ programs: [Program], options: CodegenOptions) throws(Diagnostic) -> String {
    let module = try Generation(programs, options).kernelModules(parts: 1)[0]
    try module.verify()
    try module.optimize(level: options.optimization)
    return try module.emitAssembly(level: options.optimization)
  }
}

/// The kernels of some programs, merged, with a symbol each.
struct Generation {
  let programs: [Program]
  let options: CodegenOptions
  /// Distinct kernels of all programs, in order of first use.
  private(set) var kernels: [Kernel] = []
  private(set) var symbols: [String] = []
  /// For each program, the number in `kernels` of each of its own kernels.
  private(set) var numbers: [[Int]] = []

  init(_ programs: [Program], _ options: CodegenOptions) {
    self.programs = programs
    self.options = options
    var known: [Kernel: Int] = [:]
    var labels: [[String]] = []
    for program in programs {
      var own: [Int] = []
      for kernel in program.kernels {
        if known[kernel] == nil {
          known[kernel] = kernels.count
          kernels.append(kernel)
          labels.append([])
        }
        own.append(known[kernel]!)
      }
      for call in program.calls { labels[own[call.kernel]].append(call.label) }
      numbers.append(own)
    }
    var taken = Set<String>()
    for (index, list) in labels.enumerated() {
      let name = "mrm." + KernelNames.common(list)
      symbols.append(taken.insert(name).inserted ? name : "\(name).\(index)")
      taken.insert(symbols[index])
    }
  }

  /// Kernels spread over modules that can be compiled side by side.
  func kernelModules(parts: Int = 8) throws(Diagnostic) -> [ModuleBuilder] {
    var modules: [ModuleBuilder] = []
    for part in 0..<max(1, min(parts, kernels.count)) {
      modules.append(ModuleBuilder(name: "kernels\(part)", target: options.target))
    }
    for (index, kernel) in kernels.enumerated() {
      try emit(kernel, symbols[index], into: modules[index % modules.count])
    }
    return modules
  }

  private func emit(_ kernel: Kernel, _ symbol: String, into module: ModuleBuilder) throws(Diagnostic) {
    switch kernel {
    case .loop(let loop): try LoopEmitter(module, loop, name: symbol).emit()
    case .product(let product):
      switch product.form {
      case .library: try ProductEmitter(module, product, name: symbol).emit()
      case .tiles: try TileProductEmitter(module, product, name: symbol).emit()
      }
    case .pack(let pack): PackEmitter(module, pack, name: symbol).emit()
    case .scatter(let scatter): ScatterEmitter(module, scatter, name: symbol).emit()
    case .sort(let sort): SortEmitter(module, sort, name: symbol).emit()
    case .argmax(let argmax): ArgmaxEmitter(module, argmax, name: symbol).emit()
    case .attention(let attention): try AttentionEmitter(module, attention, name: symbol).emit()
    case .crossEntropy(let kernel): CrossEntropyEmitter(module, kernel, name: symbol).emit()
    }
  }
}
