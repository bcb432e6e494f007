import Support

extension Task {
  public var json: JSON {
    [
      "summary": .string(summary), "feeds": .array(feeds.map(\.json)), "metrics": .array(metrics.map(\.json)),
      "optimizer": optimizer.json, "schedule": schedule.json, "recipe": recipe.json,
      "recipes": .array(recipes.map { ["name": .string($0.name), "flags": .strings($0.flags)] }),
      "branches": .array(branches.map { ["name": .string($0.name), "prefixes": .strings($0.prefixes)] }),
      "ignored": .strings(ignored), "views": .array(views.map(\.json)),
    ]
  }

  public init(_ reader: JSONReader) throws(Diagnostic) {
    self.init(
      try reader.string("summary"),
      feeds: try reader.list("feeds") { reader throws(Diagnostic) in try Feed(reader) },
      metrics: try reader.list("metrics") { reader throws(Diagnostic) in try Metric(reader) },
      optimizer: try Optimization(try reader.child("optimizer")), schedule: try Schedule(try reader.child("schedule")),
      recipe: try Recipe(try reader.child("recipe")),
      recipes: try reader.list("recipes") { reader throws(Diagnostic) in
        NamedRecipe(try reader.string("name"), try reader.strings("flags"))
      },
      branches: try reader.list("branches") { reader throws(Diagnostic) in
        Branch(try reader.string("name"), prefixes: try reader.strings("prefixes"))
      },
      ignored: try reader.strings("ignored"),
      views: try reader.list("views") { reader throws(Diagnostic) in try View(reader) })
    if let name = problemOfNames { throw reader.bad("two feeds or two metrics are named \"\(name)\"") }
  }

  private var problemOfNames: String? {
    for names in [feeds.map(\.name), metrics.map(\.name), recipes.map(\.name)] {
      var seen = Set<String>()
      if let twice = names.first(where: { !seen.insert($0).inserted }) { return twice }
    }
    return nil
  }
}

extension Optimization {
  var json: JSON {
    [
      "update": .string(update), "decayed_update": .string(decayedUpdate),
      "clip": clip.map { .number($0) } ?? .null,
    ]
  }

  init(_ reader: JSONReader) throws(Diagnostic) {
    self.init(update: try reader.string("update"), decayedUpdate: try reader.string("decayed_update"))
    if let reader = reader.optional("clip") {
      let value = try reader.double()
      if value <= 0 { throw reader.bad("\(value): expected more than 0") }
      clip = value
    }
  }
}

extension Schedule {
  var json: JSON {
    let members: [JSONMember] =
      switch shape {
      case .cosine: [JSONMember("shape", "cosine")]
      case .constant: [JSONMember("shape", "constant")]
      case .polynomial(let power): [JSONMember("shape", "polynomial"), JSONMember("power", .number(power))]
      case .steps(let places, let factor):
        [JSONMember("shape", "steps"), JSONMember("at", .numbers(places)), JSONMember("factor", .number(factor))]
      }
    return .object(members + [JSONMember("clock", .string(clock.rawValue))])
  }

  init(_ reader: JSONReader) throws(Diagnostic) {
    let shape: Shape
    switch try reader.string("shape") {
    case "cosine": shape = .cosine
    case "constant": shape = .constant
    case "polynomial": shape = .polynomial(power: try reader.double("power"))
    case "steps": shape = .steps(at: try reader.doubles("at"), factor: try reader.double("factor"))
    case let other: throw reader.bad("shape \"\(other)\": expected cosine, polynomial, steps or constant")
    }
    self.init(shape, clock: try reader.word("clock"))
  }
}

extension Recipe {
  var json: JSON {
    [
      "length": length.json, "warmup": warmup.json,
      "rate": {
        switch rate {
        case .peak(let value): ["peak": .number(value)]
        case .base(let value): ["base": .number(value)]
        }
      }(),
    ]
  }

  init(_ reader: JSONReader) throws(Diagnostic) {
    let rate = try reader.child("rate")
    let peak: Rate
    if let base = rate.optional("base") {
      peak = .base(try base.double())
    } else {
      peak = .peak(try rate.double("peak"))
    }
    self.init(
      length: try Length(try reader.child("length")), warmup: try Length(try reader.child("warmup")), rate: peak)
  }
}

extension Recipe.Length {
  var json: JSON {
    switch self {
    case .epochs(let count): ["epochs": .number(count)]
    case .steps(let count): ["steps": .integer(count)]
    }
  }

  init(_ reader: JSONReader) throws(Diagnostic) {
    if let epochs = reader.optional("epochs") {
      self = .epochs(try epochs.double())
    } else {
      self = .steps(try reader.size("steps", least: 0))
    }
  }
}

extension View {
  var json: JSON {
    switch self {
    case .reconstruction(let view):
      [
        "kind": "reconstruction", "image": .string(view.image), "report": .optional(view.report),
        "target": .optional(view.target), "prediction": .optional(view.prediction), "mask": .string(view.mask),
        "tokens": .optional(view.tokens), "shrink": .integer(view.shrink),
      ]
    case .mistakes(let view):
      [
        "kind": "mistakes", "image": .string(view.image), "labels": .string(view.labels),
        "scores": .string(view.scores),
      ]
    }
  }

  init(_ reader: JSONReader) throws(Diagnostic) {
    func text(_ key: String) throws(Diagnostic) -> String? { try reader.optional(key)?.string() }
    switch try reader.string("kind") {
    case "reconstruction":
      self = .reconstruction(
        Reconstruction(
          image: try reader.string("image"), report: try text("report"), target: try text("target"),
          prediction: try text("prediction"), mask: try reader.string("mask"), tokens: try text("tokens"),
          shrink: try reader.size("shrink")))
    case "mistakes":
      self = .mistakes(
        Mistakes(
          image: try reader.string("image"), labels: try reader.string("labels"), scores: try reader.string("scores")))
    case let other: throw reader.bad("kind \"\(other)\": there is no such view")
    }
  }
}
