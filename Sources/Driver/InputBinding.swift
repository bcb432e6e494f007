import Execution

/// Gives every argument of a function its value: from a safetensors file by name, or what stands for one that is absent.
struct InputBinding {
  /// Initial values of parameters that the file lacks; nil: they must be given.
  var initialSeed: UInt64?
  var reader: SafeTensorsReader?
  let compilation: Compilation
  let function: Function
  /// What was left out or not used, for people.
  private(set) var notes: [String] = []

  init(_ function: Function, of compilation: Compilation, reader: SafeTensorsReader?, initialSeed: UInt64?) {
    self.function = function
    self.compilation = compilation
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
      } else if let type = reader?.unreadable[argument.name] {
        throw Diagnostic(
          .badData, at: location, "tensor \"\(argument.name)\" is \(type.typeText), expected \(argument.type.fileText)")
      } else if hasStandard(argument) {
        sources.append((argument, nil))
      } else {
        missing.append(argument)
      }
    }
    if !missing.isEmpty { throw missingError(missing) }
    for (argument, entry) in sources {
      let bytes = memory(argument.name)
      if let entry { try read(entry, argument, bytes) } else { fill(argument, bytes) }
    }
    try checkValues(memory)
  }

  // MARK: Names

  private func entry(for argument: Argument) -> SafeTensors.Entry? {
    let names = [argument.name] + (argument.role.parameter?.aliases ?? [])
    return names.lazy.compactMap { reader?[$0] }.first
  }

  /// A tensor that no function of the model knows is an error; one that another function takes or gives, or that the task
  /// says it does not use, is only noted.
  private mutating func checkUnknown() throws(Diagnostic) {
    guard let reader else { return }
    let wanted = Self.names(function.arguments)
    let others = reader.tensors.filter { !wanted.contains($0.name) }
    if others.isEmpty { return }
    var known = Set<String>()
    for name in compilation.functionNames {
      let other = try compilation.function(name)
      known.formUnion(Self.names(other.arguments))
      known.formUnion(other.results.map(\.name))
    }
    let ignored = compilation.module.task?.ignored ?? []
    var unused: [String] = []
    for tensor in others {
      let name = tensor.name
      if known.contains(name) {
        unused.append(name)
      } else if !ignored.contains(where: { name.hasPrefix($0) }) {
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
    let inputs = function.arguments.filter { $0.role.isInput }.map(\.name)
    return "expected: \(inputs.joined(separator: ", ")), and parameters by their names"
  }

  private static func names(_ arguments: [Argument]) -> Set<String> {
    var names = Set<String>()
    for argument in arguments {
      names.insert(argument.name)
      names.formUnion(argument.role.parameter?.aliases ?? [])
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
    case .input: false
    case .scalar(let scalar): scalar.standard != nil
    case .state: true
    case .parameter(let role): (!role.isTrainable || initialSeed != nil) && argument.type.element == .f32
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

  /// Scalars at their standard, state 0, tables and parameters from their initialisers.
  private func fill(_ argument: Argument, _ bytes: UnsafeMutableRawBufferPointer) {
    switch argument.role {
    case .parameter(let role):
      ParameterInit.fill(
        argument.name, argument.type, role.initializer, seed: initialSeed ?? 0,
        into: bytes.baseAddress!.assumingMemoryBound(to: Float.self))
    case .state, .input: bytes.initializeMemory(as: UInt8.self, repeating: 0)
    case .scalar(let scalar): bytes.store(scalar.standard ?? 0, as: argument.type.element)
    }
  }

  /// Values that would give a wrong answer instead of an error.
  private func checkValues(_ memory: (String) -> UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    for argument in function.arguments {
      if argument.role == .scalar(.step), argument.type.element == .i64 {
        let step = memory(argument.name).load(as: Int64.self)
        if step < 1 {
          throw Diagnostic(.badData, at: location, "step is \(step), expected this update's number, from 1")
        }
      }
      guard case .input(let port?) = argument.role, argument.type.element == .i32,
        let (what, count) = compilation.module.task?.feed(port.feed)?.range(of: port.part)
      else { continue }
      let values = memory(argument.name).bindMemory(to: Int32.self)
      if let wrong = values.firstIndex(where: { $0 < 0 || Int($0) >= count }) {
        throw Diagnostic(
          .badData, at: location,
          "tensor \"\(argument.name)\" holds the \(what) \(values[wrong]) at index \(wrong), expected 0 to \(count - 1)"
        )
      }
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Writes one number as an element of that type.
  func store(_ value: Double, as element: ElementType) {
    switch element {
    case .f32: storeBytes(of: Float(value), as: Float.self)
    case .f64: storeBytes(of: value, as: Double.self)
    case .i64: storeBytes(of: Int64(value), as: Int64.self)
    case .i32: storeBytes(of: Int32(value), as: Int32.self)
    case .bf16: storeBytes(of: UInt16(truncatingIfNeeded: Float(value).bitPattern >> 16), as: UInt16.self)
    case .bool: storeBytes(of: value == 0 ? 0 : 1, as: UInt8.self)
    }
  }
}
