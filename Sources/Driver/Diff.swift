import BufferIR
import CRuntime
import Execution
import Interpreter
import Passes

/// `mrmc diff`: a function compiled against the same function interpreted in f64; the first node where they part.
///
/// Values of type bf16 are rounded by both. Where the two round one value differently, all that follows is rounded
/// differently, so results may lie apart by about as much as rounding moves them; where there are such values nodes are
/// compared one by one as well, each on what compiled code gave its operands.
public struct Diff {
  public var options: BuildOptions
  /// nil: the only function, or `loss`.
  public var function: String?
  public var inputs: String?
  public var initialSeed: UInt64 = 0
  public var threads: Int?
  /// The largest difference allowed, relative to the largest magnitude of the tensor.
  public var tolerance = 1e-3
  /// How the interpreter keeps values.
  package static let rounding = Interpreter.Options(rounded: [.bf16])

  public init(_ options: BuildOptions, function: String?, inputs: String?) {
    self.options = options
    self.function = function
    self.inputs = inputs
  }

  /// Returns `failure` after saying where they differ.
  public func run() throws(Diagnostic) -> ExitCode {
    if !(tolerance.isFinite && tolerance >= 0) {
      throw Diagnostic(.usage, "--tolerance \(tolerance): expected a number of 0 or more")
    }
    let reader: SafeTensorsReader?
    if let inputs { reader = try SafeTensorsReader(path: inputs) } else { reader = nil }
    let compilation = try Compilation(options, inputs: reader, standardBatch: 2)
    let source = try compilation.function(try functionName(compilation))
    if options.dryRun {
      try DryRun.show(compilation, [source])
      return .success
    }
    let tensors = try self.tensors(source, compilation, reader)
    let host = source.arguments.map { HostTensor($0.type, bytes: UnsafeRawBufferPointer(tensors[$0.name]!)) }

    var module = compilation.module
    module.functions = [source]
    let optimized = try compilation.optimized(module).functions[0]
    let expected = try Interpreter.run(source, inputs: host, options: Self.rounding)
    let found = try compiled(optimized, compilation, tensors)
    try compilation.finish()
    let nodes = NodeDifferences(optimized, tolerance: tolerance)
    var noise = expected.map { _ in 0.0 }
    if first(found, expected, noise) != nil { noise = try self.noise(source, host, nodes.isNarrow) }
    let differing = first(found, expected, noise)
    if let (index, difference) = differing {
      StandardStream.out.line("@\(source.name): result \(source.results[index].name) differs: \(difference)")
      // In bf16 another order of sums, which passes may choose, moves results too.
      let afterPasses = nodes.isNarrow ? [] : try Interpreter.run(optimized, inputs: host, options: Self.rounding)
      if let (index, difference) = first(afterPasses, expected, noise) {
        StandardStream.out.line("the passes change result \(source.results[index].name): \(difference)")
        StandardStream.out.line("find the rewrite with --pass-limit N, or leave passes out with --disable-pass")
        return .failure
      }
    }
    if differing != nil || nodes.isNarrow,
      let place = try nodes.first(host, try compiled(nodes.exposed, compilation, tensors))
    {
      StandardStream.out.line("@\(source.name): the first node that differs is number \(place)")
      return .failure
    }
    if differing != nil {
      StandardStream.out.line(
        "every node is right when computed on its own: "
          + (nodes.isNarrow
            ? "a pass or the joined loops are wrong (compare with -O0), or AdamW magnifies what rounding did "
              + "(compare loss_and_grads)" : "the joined loops are wrong (compare with -O0)"))
      return .failure
    }
    let worst = zip(found, expected).map { Difference($0, $1).relative }.max() ?? 0
    StandardStream.out.line(
      "@\(source.name): compiled and interpreted agree on all \(source.results.count) results, "
        + "largest relative difference \(worst.significant(3))"
        + (noise.contains { $0 > 0 } ? ", as much as rounding makes of it" : ""))
    if nodes.isNarrow {
      StandardStream.out.line("all \(optimized.nodes.count) nodes agree, each on its own operands")
    }
    return .success
  }

  /// The first result that is further from what it should be than the tolerance and its noise allow.
  private func first(
    _ found: [HostTensor], _ expected: [HostTensor], _ noise: [Double]
  ) -> (Int, Difference)? {
    for index in found.indices {
      let difference = Difference(found[index], expected[index], noise: noise[index])
      if difference.relative > tolerance { return (index, difference) }
    }
    return nil
  }

  /// For each result some times the most that rounding every value to its type moves an element: AdamW makes whole steps of
  /// what rounding leaves of a gradient that is zero. The interpreter sums in f64, so that compiled code strays further in f32.
  private func noise(_ source: Function, _ inputs: [HostTensor], _ isNarrow: Bool) throws(Diagnostic) -> [Double] {
    let exact = try Interpreter.run(source, inputs: inputs)
    let rounded = try Interpreter.run(source, inputs: inputs, options: .init(roundToType: true))
    return zip(exact, rounded).map { exact, rounded in
      let distances = zip(exact.reals, rounded.reals).map { abs($0 - $1) }
      return (isNarrow ? 4 : 16) * distances.reduce(0) { $1.isFinite ? max($0, $1) : $0 }
    }
  }

  private func functionName(_ compilation: Compilation) throws(Diagnostic) -> String {
    if let function { return function }
    let names = compilation.module.functions.map(\.name)
    if names.contains(Compilation.loss) { return Compilation.loss }
    if names.count == 1 { return names[0] }
    throw Diagnostic(.usage, "--function is missing", notes: ["there are: " + names.joined(separator: ", ")])
  }

  // MARK: Values

  private func compiled(
    _ function: Function, _ compilation: Compilation, _ tensors: TensorBlock
  ) throws(Diagnostic) -> [HostTensor] {
    var module = compilation.module
    module.functions = [function]
    let program = try compilation.lowered(module)[0]
    let execution = try CompiledFunction(program, compilation)
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
    _ source: Function, _ compilation: Compilation, _ reader: SafeTensorsReader?
  ) throws(Diagnostic) -> TensorBlock {
    let block = try TensorBlock(source.arguments.map { (name: $0.name, byteCount: $0.type.byteCount) })
    if reader == nil {
      try MadeInputs.fill(source, of: compilation.module, seed: initialSeed) { block[$0]! }
    } else {
      var binding = InputBinding(source, of: compilation, reader: reader, initialSeed: initialSeed)
      try binding.bind { block[$0]! }
    }
    return block
  }
}
