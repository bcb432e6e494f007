import BufferIR
import CRuntime
import Interpreter
import Passes
import TrainingRuntime

/// `mrmc diff`: a function compiled against the same function interpreted in f64; the first node where they part.
public struct Diff {
  public var options: BuildOptions
  /// nil: the only function, or `loss`.
  public var function: String?
  public var inputs: String?
  public var initialSeed: UInt64 = 0
  public var threads: Int?
  /// The largest difference allowed, relative to the largest magnitude of the tensor.
  public var tolerance = 1e-3

  public init(_ options: BuildOptions, function: String?, inputs: String?) {
    self.options = options
    self.function = function
    self.inputs = inputs
  }

  /// Returns `failure` after saying where they differ.
  public func run() throws(Diagnostic) -> ExitCode {
    let reader: SafeTensorsReader?
    if let inputs { reader = try SafeTensorsReader(path: inputs) } else { reader = nil }
    let compilation = try Compilation(options, inputBatch: reader.flatMap(batchOfInputs) ?? 2)
    let source = try compilation.function(try functionName(compilation))
    let tensors = try self.tensors(source, compilation.module, reader)
    let host = source.arguments.map { HostTensor($0.type, bytes: UnsafeRawBufferPointer(tensors[$0.name]!)) }

    var module = compilation.module
    module.functions = [source]
    let optimized = try compilation.optimized(module).functions[0]
    let expected = try Interpreter.run(source, inputs: host)
    let found = try compiled(optimized, compilation, tensors)
    try compilation.finish()
    var worst = Difference(relative: 0)
    var wrong: (name: String, difference: Difference)?
    for (index, result) in source.results.enumerated() {
      let difference = Difference(found[index], expected[index])
      if difference.relative > worst.relative { worst = difference }
      if difference.relative > tolerance, wrong == nil { wrong = (result.name, difference) }
    }
    guard let wrong else {
      StandardStream.out.line(
        "@\(source.name): compiled and interpreted agree on all \(source.results.count) results, "
          + "largest relative difference \(worst.relative.significant(3))")
      return .success
    }
    StandardStream.out.line("@\(source.name): result \(wrong.name) differs: \(wrong.difference)")
    try locate(source, optimized, expected, host, compilation, tensors)
    return .failure
  }

  private func functionName(_ compilation: Compilation) throws(Diagnostic) -> String {
    if let function { return function }
    let names = compilation.module.functions.map(\.name)
    if names.contains("loss") { return "loss" }
    if names.count == 1 { return names[0] }
    throw Diagnostic(.usage, "--function is missing", notes: ["there are: " + names.joined(separator: ", ")])
  }

  // MARK: Where

  /// Says which step is wrong: the passes, a node's kernel, or the joining of kernels.
  private func locate(
    _ source: Function, _ optimized: Function, _ expected: [HostTensor], _ host: [HostTensor],
    _ compilation: Compilation, _ tensors: TensorBlock
  ) throws(Diagnostic) {
    let afterPasses = try Interpreter.run(optimized, inputs: host)
    for (index, result) in source.results.enumerated() {
      let difference = Difference(afterPasses[index], expected[index])
      if difference.relative > tolerance {
        StandardStream.out.line("the passes change result \(result.name): \(difference)")
        StandardStream.out.line("find the rewrite with --pass-limit N, or leave passes out with --disable-pass")
        return
      }
    }
    var exposed = optimized
    var owners: [Int] = []
    exposed.results = []
    exposed.guards = []
    for (index, node) in optimized.nodes.enumerated() {
      for result in node.results {
        exposed.results.append(FunctionResult("v\(result.index)", result))
        owners.append(index)
      }
    }
    let found = try compiled(exposed, compilation, tensors)
    let values = try Interpreter.run(exposed, inputs: host)
    for index in exposed.results.indices {
      let difference = Difference(found[index], values[index])
      if difference.relative <= tolerance { continue }
      let node = optimized.nodes[owners[index]]
      StandardStream.out.line("the first node that differs is number \(owners[index]):")
      StandardStream.out.line("  " + Printer().text(node, in: optimized))
      if !node.provenance.layer.isEmpty { StandardStream.out.line("  layer: \(node.provenance.layer)") }
      StandardStream.out.line("  \(difference)")
      return
    }
    StandardStream.out.line(
      "every node is right when computed on its own: the joined loops are wrong (compare with -O0)")
  }

  // MARK: Values

  private func compiled(
    _ function: Function, _ compilation: Compilation, _ tensors: TensorBlock
  ) throws(Diagnostic) -> [HostTensor] {
    var module = compilation.module
    module.functions = [function]
    let program = try compilation.lowered(module)[0]
    let execution = try Execution(program, compilation)
    for argument in function.arguments {
      execution.input(argument.name).copyMemory(from: UnsafeRawBufferPointer(tensors[argument.name]!))
    }
    try execution.run(threads: threads ?? ThreadPool.processors)
    return program.outputs.enumerated().map { index, output in
      HostTensor(output.type, bytes: UnsafeRawBufferPointer(execution.output(index)))
    }
  }

  /// The arguments' values: from the file, or made from the seed.
  private func tensors(
    _ source: Function, _ module: Module, _ reader: SafeTensorsReader?
  ) throws(Diagnostic) -> TensorBlock {
    let block = try TensorBlock(source.arguments.map { (name: $0.name, byteCount: $0.type.byteCount) })
    if reader == nil {
      try MadeInputs.fill(source, of: module, seed: initialSeed) { block[$0]! }
    } else {
      var binding = InputBinding(source, of: module, reader: reader, initialSeed: initialSeed)
      try binding.bind { block[$0]! }
    }
    return block
  }
}
