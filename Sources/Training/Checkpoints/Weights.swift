import Execution
import Glibc

/// Reading and writing parameters under their public checkpoint names.
enum Weights {
  /// Which parameters a file may lack.
  enum Completeness {
    /// None but the fixed tables.
    case all
    /// Also the branches of the task, each as a whole: an encoder-only file such as MAE's.
    case branches
  }

  /// The parameters in a file or a checkpoint directory.
  static func reader(_ path: String) throws(Diagnostic) -> SafeTensorsReader {
    do throws(Diagnostic) {
      return try SafeTensorsReader(path: file(path))
    } catch {
      var error = error
      if error.code == .noInput { error.notes += RunDirectory(path: path).checkpointHint }
      throw error
    }
  }

  /// The file in `path`, or `model.safetensors` in the directory `path`.
  static func file(_ path: String) -> String {
    fileKind(path) == .directory ? path + "/model.safetensors" : path
  }

  /// Gives every parameter a value: that of the file, or its initial one where the file may lack it; trained parameters that
  /// start so are returned. A tensor that is missing, misshaped or mistyped is `badData` and named.
  static func load(
    _ path: String, _ program: ProgramDescription, into state: TensorBlock, _ completeness: Completeness, seed: UInt64,
    threads: Int
  ) throws(Diagnostic) -> [String] {
    try load(
      try SafeTensorsReader(path: file(path)), program, into: state, completeness, seed: seed, threads: threads)
  }

  /// The same from an open file.
  static func load(
    _ reader: SafeTensorsReader, _ program: ProgramDescription, into state: TensorBlock, _ completeness: Completeness,
    seed: UInt64, threads: Int
  ) throws(Diagnostic) -> [String] {
    let sources = try sources(reader, program, completeness)
    _ = try concurrentMap(Array(zip(program.parameters, sources)), threads: threads) {
      (parameter, source) throws(Diagnostic) in
      if let source {
        try reader.read(source, into: state[parameter.name]!)
        try checkTied(parameter, source, reader, state)
      } else {
        initialize(parameter, seed: seed, into: state)
      }
    }
    return zip(program.parameters, sources).filter { $0.role.isTrainable && $1 == nil }.map(\.0.name)
  }

  /// `badData` where the file holds other values under a parameter's other names: a model that does not tie them made it.
  private static func checkTied(
    _ parameter: ProgramDescription.Input, _ source: String, _ reader: SafeTensorsReader, _ state: TensorBlock
  ) throws(Diagnostic) {
    let own = state[parameter.name]!
    for name in parameter.names where name != source && reader[name]?.shape == parameter.type.shape {
      let other = try MemoryBlock(bytes: own.count)
      try reader.read(name, into: UnsafeMutableRawBufferPointer(start: other.base, count: own.count))
      guard memcmp(own.baseAddress!, other.base, own.count) != 0 else { continue }
      throw Diagnostic(
        .badData, at: SourceLocation(file: reader.path),
        "tensors \"\(source)\" and \"\(name)\" differ, and are one parameter of this model",
        notes: ["the file is of a model that does not tie them: build with the options it was trained with"])
    }
  }

  /// For each parameter the name of its tensor in the file; nil where it is to start afresh.
  private static func sources(
    _ reader: SafeTensorsReader, _ program: ProgramDescription, _ completeness: Completeness
  ) throws(Diagnostic) -> [String?] {
    let location = SourceLocation(file: reader.path)
    let absent =
      completeness == .all
      ? []
      : program.task.branches.filter { branch in !reader.tensors.contains { branch.holds($0.name) } }
    var missing: [String] = []
    var sources: [String?] = []
    for parameter in program.parameters {
      let name = parameter.names.first { reader[$0] != nil }
      sources.append(name)
      if let name {
        guard let entry = reader[name], entry.dtype == .f32, entry.shape == parameter.type.shape else {
          throw Diagnostic(
            .badData, at: location,
            "tensor \"\(name)\" is \(reader[name]?.typeText ?? ""), expected F32 \(parameter.type.shape)")
        }
        continue
      }
      if parameter.role.isTrainable && !absent.contains(where: { $0.holds(parameter.name) }) {
        missing.append(parameter.name)
      }
    }
    if !missing.isEmpty {
      throw Diagnostic(
        .badData, at: location,
        missing.count == 1
          ? "tensor \"\(missing[0])\" is missing" : "\(missing.count) tensors of \(program.model) are missing",
        notes: (missing.count == 1 ? [] : missing.prefix(20).map { "missing: \($0)" })
          + (missing.count > 20 ? ["… and \(missing.count - 20) more"] : []))
    }
    return sources
  }

  /// Names of the file that mean nothing to the model, beyond those that the task knows and does not use.
  static func ignored(_ reader: SafeTensorsReader, _ program: ProgramDescription) -> [String] {
    let known = Set(program.parameters.flatMap(\.names))
    return reader.tensors.map(\.name).filter { name in
      !known.contains(name) && !program.task.ignored.contains { name.hasPrefix($0) }
    }
  }

  /// Says what of the file is not used; nil if all is.
  static func ignoredNote(_ reader: SafeTensorsReader, _ program: ProgramDescription) -> String? {
    let names = ignored(reader, program)
    if names.isEmpty { return nil }
    return "ignored of \(reader.path): " + names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
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

extension ProgramDescription.Input {
  /// The names under which a file may hold a parameter, its own first.
  fileprivate var names: [String] { [name] + (role.parameter?.aliases ?? []) }
}
