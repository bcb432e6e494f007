import Support

extension ProgramDescription {
  /// Told apart from descriptions of other versions, which are refused.
  static let format = 2

  /// The description as the compiler embeds it.
  public var json: JSON {
    [
      "format": .integer(Self.format), "model": .string(model), "compiler": .string(compiler),
      "precision": .string(precision), "optimization": .integer(optimization), "target_cpu": .string(targetCPU),
      "cpu_features": .strings(cpuFeatures), "ir_hash": .string(irHash), "batch": .integer(batch),
      "options": .object(options.map { JSONMember($0.key, .string($0.value)) }), "build_flags": .strings(buildFlags),
      "task": task.json, "parameters": .array(parameters.map { $0.json(whole: true) }),
      "functions": .array(
        functions.map { function in
          [
            "name": .string(function.name), "inputs": .array(function.inputs.map { $0.json(whole: false) }),
            "outputs": .array(function.outputs.map(\.json)),
          ]
        }),
    ]
  }

  /// Reads a description; `badData` for one that is malformed or of another version.
  public init(json text: String) throws(Diagnostic) {
    let reader = JSONReader(try JSON.parse(text, file: "description"), name: "description")
    let format = try reader.integer("format")
    if format != Self.format {
      throw Diagnostic(
        .badData, "the program's description has format \(format), this runtime reads \(Self.format)",
        notes: ["build the program again"])
    }
    model = try reader.string("model")
    compiler = try reader.string("compiler")
    precision = try reader.string("precision")
    optimization = try reader.integer("optimization")
    targetCPU = try reader.string("target_cpu")
    cpuFeatures = try reader.strings("cpu_features")
    irHash = try reader.string("ir_hash")
    batch = try reader.size("batch")
    options = []
    for member in try reader.child("options").json.members ?? [] {
      options.append(Option(key: member.key, value: member.value.stringValue ?? member.value.compact))
    }
    buildFlags = try reader.strings("build_flags")
    task = try Task(try reader.child("task"))
    let parameters = try reader.list("parameters") { reader throws(Diagnostic) in try Input(reader, known: [:]) }
    self.parameters = parameters
    let known = Dictionary(parameters.map { ($0.name, $0.role) }) { first, _ in first }
    functions = try reader.list("functions") { reader throws(Diagnostic) in
      Function(
        name: try reader.string("name"),
        inputs: try reader.list("inputs") { reader throws(Diagnostic) in try Input(reader, known: known) },
        outputs: try reader.list("outputs") { reader throws(Diagnostic) in try Output(reader) })
    }
  }
}

extension ProgramDescription.Input {
  /// `whole`: a parameter with all its facts; else by its name alone, since the list of parameters has them.
  fileprivate func json(whole: Bool) -> JSON {
    let facts = role.parameter != nil && !whole ? ["role": "parameter"] : role.json
    return .object([JSONMember("name", .string(name)), JSONMember("type", .string(type.description))] + facts.members!)
  }

  fileprivate init(_ reader: JSONReader, known: [String: ArgumentRole]) throws(Diagnostic) {
    let name = try reader.string("name")
    let role: ArgumentRole
    if try reader.string("role") == "parameter", reader.optional("init") == nil {
      guard let parameter = known[name] else { throw reader.bad("there is no parameter \"\(name)\"") }
      role = parameter
    } else {
      role = try ArgumentRole(reader)
    }
    self.init(name, try reader.type("type"), role: role)
  }
}

extension ProgramDescription.Output {
  fileprivate var json: JSON {
    [
      "name": .string(name), "type": .string(type.description), "role": .string(role.rawValue),
      "alias": alias.map { .integer($0) } ?? .null,
    ]
  }

  fileprivate init(_ reader: JSONReader) throws(Diagnostic) {
    self.init(
      try reader.string("name"), try reader.type("type"), role: try reader.word("role"),
      alias: try reader.optional("alias")?.integer())
  }
}

extension JSONReader {
  /// A tensor type in text: `f32[2,3]`.
  fileprivate func type(_ key: String) throws(Diagnostic) -> TensorType {
    let reader = try child(key)
    let text = try reader.string()
    guard let type = TensorType(text) else { throw reader.bad("\"\(text)\": expected a type such as f32[2,3]") }
    return type
  }
}
