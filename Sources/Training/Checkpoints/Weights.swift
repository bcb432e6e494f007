import Execution
import Glibc
import TensorFiles

/// Reading and writing parameters under their public checkpoint names.
enum Weights {
  /// What was done with a file, for people.
  struct Report {
    /// Prefixes left out, tables interpolated, tensors that have another shape.
    var notes: [String]
    /// Trained parameters that start afresh.
    var fresh: [String]
    /// What of the file is not used; nil if all is.
    var ignored: String?
  }

  /// The parameters in a file or a checkpoint directory.
  static func open(_ path: String) throws(Diagnostic) -> any TensorFile {
    do throws(Diagnostic) {
      return try openTensorFile(fileKind(path) == .directory ? path + "/model.safetensors" : path)
    } catch {
      var error = error
      if error.code == .noInput { error.notes += RunDirectory(path: path).checkpointHint }
      throw error
    }
  }

  /// Gives every parameter a value: that of the file, or its initial one where the file may lack it. A tensor that is missing,
  /// misshapen or mistyped is `badData` and named.
  static func load(
    _ file: any TensorFile, _ program: ProgramDescription, into state: TensorBlock, _ purpose: WeightsBinding.Purpose,
    seed: UInt64, threads: Int
  ) throws(Diagnostic) -> Report {
    let binding = try WeightsBinding(file, program, purpose)
    _ = try concurrentMap(Array(zip(program.parameters, binding.sources)), threads: threads) {
      (parameter, source) throws(Diagnostic) in
      let values = floats(state, parameter.name)
      switch source {
      case .tensor(let name):
        try file.read(name, into: values)
        try checkTied(parameter, name, binding, values)
      case .positions(let name, let change): _ = values.update(fromContentsOf: change.apply(try file.floats(name)))
      case .initial: initialize(parameter, seed: seed, into: state)
      }
    }
    return Report(notes: binding.notes, fresh: binding.fresh, ignored: binding.ignoredNote)
  }

  private static func floats(_ state: TensorBlock, _ name: String) -> UnsafeMutableBufferPointer<Float> {
    state[name]!.bindMemory(to: Float.self)
  }

  /// `badData` where the file holds other values under a parameter's other names: a model that does not tie them made it.
  private static func checkTied(
    _ parameter: ProgramDescription.Input, _ source: String, _ binding: WeightsBinding,
    _ own: UnsafeMutableBufferPointer<Float>
  ) throws(Diagnostic) {
    let file = binding.file
    for name in parameter.names.map(binding.stored)
    where name != source && file[name]?.shape == parameter.type.shape && file[name]?.format != nil {
      let other = try MemoryBlock(bytes: own.count * 4)
      try file.read(
        name,
        into: UnsafeMutableRawBufferPointer(start: other.base, count: own.count * 4)
          .bindMemory(to: Float.self))
      guard memcmp(own.baseAddress!, other.base, own.count * 4) != 0 else { continue }
      throw Diagnostic(
        .badData, at: SourceLocation(file: file.path),
        "tensors \"\(source)\" and \"\(name)\" differ, and are one parameter of this model",
        notes: ["the file is of a model that does not tie them: build with the options it was trained with"])
    }
  }

  /// Writes all parameters in the description's order, each followed by its aliases.
  static func save(_ path: String, _ program: ProgramDescription, from state: TensorBlock) throws(Diagnostic) {
    var entries: [SafeTensors.Entry] = []
    var sources: [String] = []
    for parameter in program.parameters {
      for name in parameter.names {
        entries.append(SafeTensors.Entry(name: name, dtype: .f32, shape: parameter.type.shape))
        sources.append(parameter.name)
      }
    }
    let writer = try SafeTensorsWriter(
      path: path, tensors: entries, metadata: [.init("format", "pt"), .init("model", program.model)])
    for source in sources { try writer.write(UnsafeRawBufferPointer(state[source]!)) }
    try writer.finish()
  }

  /// Gives every parameter its initial value.
  static func initialize(
    _ program: ProgramDescription, seed: UInt64, into state: TensorBlock, threads: Int
  ) throws(Diagnostic) {
    _ = try concurrentMap(program.parameters, threads: threads) { initialize($0, seed: seed, into: state) }
  }

  private static func initialize(_ parameter: ProgramDescription.Input, seed: UInt64, into state: TensorBlock) {
    ParameterInit.fill(
      parameter.name, parameter.type, parameter.role.parameter!.initializer, seed: seed,
      into: state.pointer(parameter.name, as: Float.self))
  }
}
