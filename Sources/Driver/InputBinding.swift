import TrainingRuntime

/// Gives every argument of a function its value: from a safetensors file by name, or what stands for one that is absent.
struct InputBinding {
  /// Initial values of parameters that the file lacks; nil: they must be given.
  var initialSeed: UInt64?
  var reader: SafeTensorsReader?
  let module: Module
  let function: Function
  /// What was left out or not used, for people.
  private(set) var notes: [String] = []

  init(_ function: Function, of module: Module, reader: SafeTensorsReader?, initialSeed: UInt64?) {
    self.function = function
    self.module = module
    self.reader = reader
    self.initialSeed = initialSeed
  }

  private var location: SourceLocation? { reader.map { SourceLocation(file: $0.path) } }

  /// Fills the arguments' memory; every tensor of the file and every argument is accounted for, before any is read.
  mutating func bind(_ memory: (String) -> UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    try checkUnknown()
    var missing: [Argument] = []
    var sources: [(argument: Argument, entry: SafeTensors.Entry?)] = []
    for argument in function.arguments {
      if let entry = entry(for: argument) {
        try check(entry, argument)
        sources.append((argument, entry))
      } else if hasStandard(argument) {
        sources.append((argument, nil))
      } else {
        missing.append(argument)
      }
    }
    if !missing.isEmpty { throw missingError(missing) }
    let parameters = Dictionary(
      uniqueKeysWithValues: try ProgramManifest.parameters(of: function).map { ($0.name, $0) })
    for (argument, entry) in sources {
      let bytes = memory(argument.name)
      if let entry { try read(entry, argument, bytes) } else { fill(argument, parameters[argument.name], bytes) }
    }
    try checkValues(memory)
  }

  // MARK: Names

  private func entry(for argument: Argument) -> SafeTensors.Entry? {
    var names = [argument.name]
    if case .parameter(_, _, _, let aliases) = argument.role { names += aliases }
    return names.lazy.compactMap { reader?[$0] }.first
  }

  /// A tensor that no function of the model knows is an error; one that another function takes, or that this one gives, so
  /// that its results can be its next arguments, is only noted.
  private mutating func checkUnknown() throws(Diagnostic) {
    guard let reader else { return }
    let wanted = Self.names(function.arguments)
    var known = Set(["lr", "step", "weight_decay", "scale", "seed"])
    for other in module.functions {
      known.formUnion(Self.names(other.arguments))
      known.formUnion(other.results.map(\.name))
    }
    known.formUnion(function.results.map(\.name) + ["grad_norm"])
    var unused: [String] = []
    for tensor in reader.tensors where !wanted.contains(tensor.name) {
      let name = tensor.name
      let owner = ["exp_avg.", "exp_avg_sq.", "grad_sum."].first { name.hasPrefix($0) }.map {
        String(name.dropFirst($0.count))
      }
      if known.contains(name) || owner.map(known.contains) == true {
        unused.append(name)
      } else if !name.contains("pooler.") && !name.hasSuffix("position_ids") {
        let near = wanted.filter { $0.hasSuffix(name) || name.hasSuffix($0) }.sorted().first
        throw Diagnostic(
          .badData, at: location, "tensor \"\(name)\" (\(tensor.typeText)) is not an argument of @\(function.name)",
          notes: [near.map { "did you mean \"\($0)\"?" } ?? expectedNames])
      }
    }
    if !unused.isEmpty {
      notes.append(
        "@\(function.name) does not use \(unused.count) of the tensors: "
          + unused.prefix(4).joined(separator: ", ") + (unused.count > 4 ? ", …" : ""))
    }
  }

  private var expectedNames: String {
    let inputs = function.arguments.filter { $0.role == .input }.map(\.name)
    return "expected: \(inputs.joined(separator: ", ")), and parameters by their names"
  }

  private static func names(_ arguments: [Argument]) -> Set<String> {
    var names = Set<String>()
    for argument in arguments {
      names.insert(argument.name)
      if case .parameter(_, _, _, let aliases) = argument.role { names.formUnion(aliases) }
    }
    return names
  }

  private func missingError(_ missing: [Argument]) -> Diagnostic {
    let lines = missing.prefix(20).map { "expected: \($0.name) \($0.type.fileText)" }
    let parameters = missing.contains { $0.isTrainable }
    return Diagnostic(
      .badData, at: location,
      missing.count == 1
        ? "tensor \"\(missing[0].name)\" is missing" : "\(missing.count) tensors of @\(function.name) are missing",
      notes: lines + (missing.count > 20 ? ["… and \(missing.count - 20) more"] : [])
        + (parameters ? ["--init SEED starts parameters that are left out"] : []))
  }

  // MARK: Values

  private func check(_ entry: SafeTensors.Entry, _ argument: Argument) throws(Diagnostic) {
    let type = argument.type
    let widens = type.element == .i64 && entry.dtype == .i32
    if entry.shape == type.shape && (entry.dtype == type.element.fileType || widens) { return }
    throw Diagnostic(
      .badData, at: location, "tensor \"\(entry.name)\" is \(entry.typeText), expected \(type.fileText)")
  }

  private func hasStandard(_ argument: Argument) -> Bool {
    switch argument.role {
    case .input:
      argument.type == TensorType(argument.name == "seed" ? .i64 : .f32, [])
        && ["seed", "weight_decay", "scale"].contains(argument.name)
    case .state: true
    case .parameter(_, let trainable, _, _): (!trainable || initialSeed != nil) && argument.type.element == .f32
    }
  }

  private func read(
    _ entry: SafeTensors.Entry, _ argument: Argument, _ bytes: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    guard argument.type.element == .i64, entry.dtype == .i32 else {
      try reader!.read(entry.name, into: bytes)
      return
    }
    let narrow = try reader!.bytes(entry.name)
    narrow.withUnsafeBytes { source in
      for index in 0..<entry.elementCount {
        let value = Int64(source.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
        bytes.storeBytes(of: value, toByteOffset: index * 8, as: Int64.self)
      }
    }
  }

  /// Seed 0, weight decay 0.05, scale 1, state 0, tables and parameters from their initialisers.
  private func fill(
    _ argument: Argument, _ parameter: Manifest.Parameter?, _ bytes: UnsafeMutableRawBufferPointer
  ) {
    switch argument.role {
    case .parameter:
      ParameterInit.fill(
        parameter!, seed: initialSeed ?? 0, into: bytes.baseAddress!.assumingMemoryBound(to: Float.self))
    case .state: bytes.initializeMemory(as: UInt8.self, repeating: 0)
    case .input:
      if argument.name == "seed" {
        bytes.storeBytes(of: 0, as: Int64.self)
      } else {
        bytes.storeBytes(of: argument.name == "scale" ? 1 : 0.05, as: Float.self)
      }
    }
  }

  /// Values that would give a wrong answer instead of an error.
  private func checkValues(_ memory: (String) -> UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    for argument in function.arguments where argument.role == .input {
      if argument.name == "step", argument.type == TensorType(.i64, []) {
        let step = memory("step").load(as: Int64.self)
        if step < 1 {
          throw Diagnostic(.badData, at: location, "step is \(step), expected this update's number, from 1")
        }
      }
      if ["ids", "labels"].contains(argument.name), argument.type.element == .i32,
        let vocabulary = module.integer("vocabulary")
      {
        let values = memory(argument.name).bindMemory(to: Int32.self)
        if let wrong = values.firstIndex(where: { $0 < 0 || Int($0) >= vocabulary }) {
          throw Diagnostic(
            .badData, at: location,
            "tensor \"\(argument.name)\" holds the token \(values[wrong]) at index \(wrong), expected 0 to \(vocabulary - 1)"
          )
        }
      }
    }
  }
}
