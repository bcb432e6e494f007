import Execution
import Interpreter

/// `mrmc run`: one function on a safetensors file, to a safetensors file.
public struct Run {
  public var options: BuildOptions
  public var function: String
  /// The inputs; nil: none but those with standard values.
  public var inputs: String?
  public var outputs: String
  /// Names of results, with `*` and `?`; the others are not computed.
  public var select: String?
  /// Seed of parameters that the inputs lack.
  public var initialSeed: UInt64?
  public var threads: Int?
  /// Runs that are timed after the one whose results are written; nil: none.
  public var runs: Int?
  /// Where the last of them goes as a Chrome trace.
  public var profile: String?
  /// Runs the f64 interpreter instead of compiled code.
  public var interprets = false

  public init(_ options: BuildOptions, function: String, inputs: String?, outputs: String) {
    self.options = options
    self.function = function
    self.inputs = inputs
    self.outputs = outputs
  }

  public func run() throws(Diagnostic) {
    if let runs, runs < 1 { throw Diagnostic(.usage, "--runs \(runs): expected 1 or more") }
    if interprets && (runs ?? 0) > 0 { throw Diagnostic(.usage, "--runs times compiled code, not --interpret") }
    if runs != nil, AtomicFile.isStandardOutput(outputs) {
      throw Diagnostic(.usage, "--runs writes its figures to stdout; give --outputs a file")
    }
    if profile != nil && runs == nil { throw Diagnostic(.usage, "--profile needs timed runs; give --runs") }
    let reader: SafeTensorsReader?
    if let inputs { reader = try SafeTensorsReader(path: inputs) } else { reader = nil }
    let compilation = try Compilation(options, inputs: reader)
    var source = try compilation.function(function)
    if let select { source = try source.selecting(select) }
    var binding = InputBinding(source, of: compilation, reader: reader, initialSeed: initialSeed)
    if options.dryRun { return try DryRun.show(compilation, [source]) }
    if interprets {
      try interpret(source, &binding)
    } else {
      try execute(compilation, source, &binding)
    }
    for note in binding.notes { StandardStream.error.line("note: " + note) }
    try compilation.finish()
  }

  private func execute(
    _ compilation: Compilation, _ source: Function, _ binding: inout InputBinding
  ) throws(Diagnostic) {
    var module = compilation.module
    module.functions = [source]
    try compilation.record.finished("grad", "tir") { () throws(Diagnostic) in Printer().text(module) }
    let program = try compilation.lowered(try compilation.optimized(module))[0]
    let compiled = try CompiledFunction(program, compilation)
    try binding.bind { compiled.input($0) }
    let bound = try compiled.bound(try ThreadPool(threads: threads ?? ThreadPool.processors))
    try compilation.record.time("run @\(function)") { () throws(Diagnostic) in _ = try compiled.run(bound) }
    try write(program.outputs.map { ($0.name, $0.type) }) { index in UnsafeRawBufferPointer(compiled.output(index)) }
    if let runs { try FunctionTimes(compiled, bound, compilation, runs: runs, profile: profile).write() }
  }

  private func interpret(_ source: Function, _ binding: inout InputBinding) throws(Diagnostic) {
    let tensors = try TensorBlock(source.arguments.map { (name: $0.name, byteCount: $0.type.byteCount) })
    try binding.bind { tensors[$0]! }
    let inputs = source.arguments.map { HostTensor($0.type, bytes: UnsafeRawBufferPointer(tensors[$0.name]!)) }
    let results = try Interpreter.run(source, inputs: inputs)
    let bytes = results.map { $0.bytes() }
    let block = try TensorBlock(source.results.enumerated().map { (name: $1.name, byteCount: bytes[$0].count) })
    for (result, bytes) in zip(source.results, bytes) { block[result.name]!.copyBytes(from: bytes) }
    try write(source.results.map { ($0.name, source.type(of: $0.value)) }) { index in
      UnsafeRawBufferPointer(block[source.results[index].name]!)
    }
  }

  private func write(
    _ results: [(name: String, type: TensorType)], _ bytes: (Int) -> UnsafeRawBufferPointer
  ) throws(Diagnostic) {
    let entries = results.map {
      SafeTensors.Entry(name: $0.name, dtype: $0.type.element.fileType, shape: $0.type.shape)
    }
    let writer = try SafeTensorsWriter(path: outputs, tensors: entries)
    for (index, entry) in entries.enumerated() {
      try writer.write(UnsafeRawBufferPointer(rebasing: bytes(index)[..<entry.byteCount]))
    }
    try writer.finish()
  }
}
