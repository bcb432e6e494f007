import Support

extension ArgumentRole {
  /// As an object; a parameter's facts among them.
  var json: JSON {
    switch self {
    case .input(let port):
      port.map { ["role": "input", "feed": .string($0.feed), "part": .string($0.part)] } ?? ["role": "input"]
    case .scalar(let scalar):
      .object([JSONMember("role", "scalar"), JSONMember("scalar", .string(scalar.word))] + scalar.members)
    case .state(let slot, let owner): ["role": "state", "slot": .string(slot), "of": .string(owner)]
    case .parameter(let role):
      [
        "role": "parameter", "init": role.initializer.json, "trainable": .bool(role.isTrainable),
        "decay": .bool(role.decays), "rate_scale": .number(role.rateScale), "aliases": .strings(role.aliases),
      ]
    }
  }

  init(_ reader: JSONReader) throws(Diagnostic) {
    switch try reader.string("role") {
    case "input":
      guard reader.optional("feed") != nil else {
        self = .input(port: nil)
        return
      }
      self = .input(port: FeedPort(try reader.string("feed"), try reader.string("part")))
    case "scalar": self = .scalar(try ScalarRole(reader))
    case "state": self = .state(slot: try reader.string("slot"), of: try reader.string("of"))
    case "parameter":
      self = .parameter(
        ParameterRole(
          try Initializer(try reader.child("init")), trainable: try reader.bool("trainable"),
          decays: try reader.bool("decay"), rateScale: try reader.double("rate_scale"),
          aliases: try reader.strings("aliases")))
    case let other: throw reader.bad("role \"\(other)\": expected input, scalar, state or parameter")
    }
  }
}

extension ScalarRole {
  /// The word for it in text.
  public var word: String {
    switch self {
    case .seed: "seed"
    case .learningRate: "learning_rate"
    case .step: "step"
    case .gradientScale: "gradient_scale"
    case .hyperparameter: "hyperparameter"
    }
  }

  /// The words of the scalars that have no value of their own.
  public static let plain: [ScalarRole] = [.seed, .learningRate, .step, .gradientScale]

  fileprivate var members: [JSONMember] {
    if case .hyperparameter(let standard) = self { return [JSONMember("standard", .number(standard))] }
    return []
  }

  fileprivate init(_ reader: JSONReader) throws(Diagnostic) {
    let word = try reader.string("scalar")
    if let plain = Self.plain.first(where: { $0.word == word }) {
      self = plain
    } else if word == "hyperparameter" {
      self = .hyperparameter(standard: try reader.double("standard"))
    } else {
      throw reader.bad("scalar \"\(word)\": there is no such scalar")
    }
  }
}

extension Initializer {
  var json: JSON {
    switch self {
    case .xavierUniform(let fanIn, let fanOut):
      ["kind": "xavier_uniform", "fan_in": .integer(fanIn), "fan_out": .integer(fanOut)]
    case .normal(let std, let zeroRow):
      ["kind": "normal", "std": .number(std), "zero_row": zeroRow.map { .integer($0) } ?? .null]
    case .zeros: ["kind": "zeros"]
    case .ones: ["kind": "ones"]
    case .sincos2D(let dim, let grid, let variant):
      ["kind": "sincos_2d", "dim": .integer(dim), "grid": .integer(grid), "variant": .string(variant)]
    }
  }

  init(_ reader: JSONReader) throws(Diagnostic) {
    switch try reader.string("kind") {
    case "xavier_uniform":
      self = .xavierUniform(fanIn: try reader.integer("fan_in"), fanOut: try reader.integer("fan_out"))
    case "normal":
      self = .normal(std: try reader.double("std"), zeroRow: try reader.optional("zero_row")?.integer())
    case "zeros": self = .zeros
    case "ones": self = .ones
    case "sincos_2d":
      self = .sincos2D(
        dim: try reader.integer("dim"), grid: try reader.integer("grid"), variant: try reader.string("variant"))
    case let kind: throw reader.bad("kind \"\(kind)\": there is no such initial value")
    }
  }
}
