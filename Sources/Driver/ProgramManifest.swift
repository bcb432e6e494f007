import BufferIR
import TrainingRuntime

/// Writes what a training program says of itself, for the runtime to read.
enum ProgramManifest {
  /// The compiler's name and version.
  static let compiler = "mrmc \(version)"

  /// The manifest of these functions of the model. `usage` if the model lacks a size the runtime needs.
  static func json(_ compilation: Compilation, _ programs: [Program], irHash: String) throws(Diagnostic) -> JSON {
    let module = compilation.module
    let geometry = try geometry(compilation)
    try TrainingInterface(compilation, geometry: geometry).check(programs)
    return [
      "format": 1, "model": .string(compilation.modelName),
      "precision": .string(compilation.options.precision.rawValue),
      "optimization": .integer(compilation.options.optimization),
      "target_cpu": .string(compilation.target.cpu),
      "cpu_features": .array(compilation.target.requiredCPUFlags.map { .string($0) }),
      "ir_hash": .string(irHash), "batch": .integer(compilation.batch), "compiler": .string(compiler),
      "options": options(module), "build_flags": .array(compilation.options.commandLine.map { .string($0) }),
      "geometry": .object(geometry),
      "parameters": try parameters(of: module, compilation.modelName),
      "functions": .array(programs.map(function)),
    ]
  }

  /// The model's options, resolved, in the order the model asks for them.
  static func options(_ module: Module) -> JSON {
    let prefix = "option."
    return .object(
      module.attributes.compactMap { attribute in
        guard attribute.name.hasPrefix(prefix) else { return nil }
        return JSONMember(String(attribute.name.dropFirst(prefix.count)), .string(text(attribute.value)))
      })
  }

  static func text(_ value: AttributeValue) -> String {
    switch value {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value), .symbol(let value): value
    case .integers(let values): "\(values)"
    case .reals(let values): "\(values)"
    }
  }

  static let sizes = [
    "image_size", "channels", "low_patch", "high_patch", "patches", "visible", "tokens", "vocabulary",
  ]

  /// Whether the model says all that a training program needs to know of it.
  static func isComplete(_ compilation: Compilation) -> Bool {
    compilation.functionNames.contains("train_step") && sizes.allSatisfy { compilation.module.integer($0) != nil }
  }

  private static func geometry(_ compilation: Compilation) throws(Diagnostic) -> [JSONMember] {
    var members: [JSONMember] = []
    for name in sizes {
      guard let value = compilation.module.integer(name) else {
        throw Diagnostic(
          .usage, "\(compilation.modelName) does not say its \(name), which a training program needs to read records",
          notes: [
            "set it in the model: module.set(\"\(name)\", .integer(…)); needed: " + sizes.joined(separator: ", "),
            "without them mrmc run, diff, ir and opt work on its functions, @loss_and_grads and @train_step among them",
          ]
        )
      }
      members.append(JSONMember(name, .integer(value)))
    }
    // The patches that are predicted may be smaller than those of the high resolution.
    if let target = compilation.module.integer("target_patch"),
      let index = members.firstIndex(where: { $0.key == "high_patch" })
    {
      members[index].value = .integer(target)
    }
    for member in members {
      let value = member.value.intValue ?? 0
      guard let expected = expected(of: member.key, value) else { continue }
      throw Diagnostic(
        .badData, "\(compilation.modelName): \(member.key) is \(value), expected \(expected): a program reads images so"
      )
    }
    return members
  }

  /// What a size should be; nil if it may be `value`.
  private static func expected(of size: String, _ value: Int) -> String? {
    let range = 1...1 << 24
    switch size {
    case "channels": return value == 1 || value == 3 ? nil : "1, grey, or 3, red, green and blue"
    case "patches":
      let side = Int(Double(max(value, 0)).squareRoot())
      return range.contains(value) && side * side == value ? nil : "the square of the patches along a side"
    default: return range.contains(value) ? nil : "1 to 2^24"
    }
  }

  /// The parameters of a function as the runtime reads them.
  static func parameters(of function: Function) throws(Diagnostic) -> [Manifest.Parameter] {
    let json: JSON = [
      "format": 1, "model": "", "precision": "f32", "optimization": 0, "target_cpu": "", "cpu_features": [],
      "ir_hash": "",
      "batch": 1, "compiler": .string(compiler), "options": [:], "build_flags": [],
      "geometry": .object(sizes.map { JSONMember($0, 0) }), "parameters": parameters(function.arguments),
      "functions": [],
    ]
    return try Manifest(json: json.compact).parameters
  }

  /// Those of @loss, or of the functions that were differentiated already. `badData` if there is nothing to train.
  private static func parameters(of module: Module, _ model: String) throws(Diagnostic) -> JSON {
    let sources = module.function(named: "loss").map { [$0] } ?? module.functions
    var seen = Set<String>()
    let arguments = sources.flatMap(\.arguments).filter { seen.insert($0.name).inserted }
    if !arguments.contains(where: \.isTrainable) {
      throw Diagnostic(.badData, "\(model) has no parameters, so there is nothing to train")
    }
    return parameters(arguments)
  }

  private static func parameters(_ arguments: [Argument]) -> JSON {
    .array(
      arguments.compactMap { argument in
        guard case .parameter(let initializer, let trainable, let decay, let aliases) = argument.role else {
          return nil
        }
        return [
          "name": .string(argument.name), "shape": shape(argument.type),
          "dtype": .string(argument.type.element.rawValue),
          "trainable": .bool(trainable), "decay": .bool(decay), "init": initialization(initializer),
          "aliases": .array(aliases.map { .string($0) }),
        ]
      })
  }

  private static func initialization(_ initializer: Initializer) -> JSON {
    switch initializer {
    case .xavierUniform(let fanIn, let fanOut):
      return ["kind": "xavier_uniform", "fan_in": .integer(fanIn), "fan_out": .integer(fanOut)]
    case .normal(let std, let zeroRow):
      var members = [JSONMember("kind", "normal"), JSONMember("std", .number(std))]
      if let zeroRow { members.append(JSONMember("zero_row", .integer(zeroRow))) }
      return .object(members)
    case .zeros: return ["kind": "zeros"]
    case .ones: return ["kind": "ones"]
    case .sincos2D(let dim, let grid, let variant):
      return ["kind": "sincos_2d", "dim": .integer(dim), "grid": .integer(grid), "variant": .string(variant)]
    }
  }

  private static func function(_ program: Program) -> JSON {
    [
      "name": .string(program.name),
      "inputs": .array(
        program.inputs.map { input in
          ["name": .string(input.name), "dtype": .string(input.type.element.rawValue), "shape": shape(input.type)]
        }),
      "outputs": .array(
        program.outputs.map { output in
          [
            "name": .string(output.name), "dtype": .string(output.type.element.rawValue), "shape": shape(output.type),
            "alias": output.alias.map { .integer($0) } ?? .null,
          ]
        }),
    ]
  }

  private static func shape(_ type: TensorType) -> JSON { .array(type.shape.map { .integer($0) }) }
}
