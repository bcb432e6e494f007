import Support
import TensorIR

extension ModuleParser {
  /// ` {param, init = ones, decay}`, ` {feed image.pixels}`, ` {scalar seed}`, ` {state exp_avg of %w}`, or nothing.
  mutating func role() throws(Diagnostic) -> ArgumentRole {
    guard scanner.take("{") else { return .input }
    scanner.skipBlanks()
    let place = scanner.here
    let role: ArgumentRole
    switch try scanner.name("a role: param, feed, scalar or state") {
    case "param": role = .parameter(try parameter())
    case "feed": role = .input(port: try port())
    case "scalar": role = .scalar(try scalar())
    case "state":
      scanner.skipBlanks()
      let slot = try scanner.name("the kind of state, such as exp_avg")
      if !scanner.take(word: "of") { throw scanner.error("expected 'of' and a parameter, found \(scanner.found)") }
      try scanner.expect("%", "before the parameter that the state is of")
      role = .state(slot: slot, of: try scanner.name("the parameter that the state is of"))
    case let word:
      throw scanner.error(
        "expected 'param', 'feed', 'scalar' or 'state', found '\(word)'", at: place)
    }
    try scanner.expect("}", "after an argument's role")
    return role
  }

  /// `feed.part`, the part behind the last point.
  private mutating func port() throws(Diagnostic) -> FeedPort {
    scanner.skipBlanks()
    let place = scanner.here
    let name = try scanner.name("a tensor of a feed, such as image.pixels")
    guard let point = name.lastIndex(of: "."), point != name.startIndex, name.index(after: point) != name.endIndex
    else {
      throw scanner.error("'\(name)' names no tensor of a feed, such as image.pixels", at: place)
    }
    return FeedPort(String(name[..<point]), String(name[name.index(after: point)...]))
  }

  private mutating func scalar() throws(Diagnostic) -> ScalarRole {
    scanner.skipBlanks()
    let place = scanner.here
    let word = try scanner.name("the kind of scalar")
    if let plain = ScalarRole.plain.first(where: { $0.word == word }) { return plain }
    guard word == ScalarRole.hyperparameter(standard: 0).word else {
      let known = ScalarRole.plain.map(\.word) + ["hyperparameter = 0.05"]
      throw scanner.error(
        "unknown scalar '\(word)'", at: place, notes: ["expected: \(known.joined(separator: ", "))"])
    }
    try scanner.expect("=", "after hyperparameter")
    return .hyperparameter(standard: try real("a standard value"))
  }

  private mutating func real(_ what: String) throws(Diagnostic) -> Double {
    scanner.skipBlanks()
    let place = scanner.here
    switch try scanner.number() {
    case .integer(let value): return Double(value)
    case .real(let value): return value
    case .bool, .string, .symbol, .integers, .reals: throw scanner.error("expected \(what)", at: place)
    }
  }

  /// The properties of a parameter; `param` is already read.
  private mutating func parameter() throws(Diagnostic) -> ParameterRole {
    var initializer: Initializer?
    var role = ParameterRole(.zeros)
    while scanner.take(",") {
      scanner.skipBlanks()
      let place = scanner.here
      let word = try scanner.name("init, decay, fixed, rate or aliases")
      switch word {
      case "decay": role.decays = true
      case "fixed": role.isTrainable = false
      case "init":
        try scanner.expect("=", "after init")
        initializer = try self.initializer()
      case "rate":
        try scanner.expect("=", "after rate")
        role.rateScale = try real("a factor of the learning rate")
      case "aliases":
        try scanner.expect("=", "after aliases")
        try scanner.expect("[", "before the aliases")
        repeat {
          scanner.skipBlanks()
          role.aliases.append(try scanner.string())
        } while scanner.take(",")
        try scanner.expect("]", "after the aliases")
      default:
        throw scanner.error(
          "unknown property '\(word)' of a parameter", at: place,
          notes: ["expected: init, decay, fixed, rate, aliases"])
      }
    }
    guard let initializer else { throw scanner.error("a parameter needs 'init = …'") }
    role.initializer = initializer
    return role
  }

  private mutating func initializer() throws(Diagnostic) -> Initializer {
    scanner.skipBlanks()
    let place = scanner.here
    let word = try scanner.name("an initializer")
    switch word {
    case "zeros": return .zeros
    case "ones": return .ones
    case "normal":
      try scanner.expect("(", "after normal")
      let std = try real("a standard deviation")
      var zeroRow: Int?
      if scanner.take(",") {
        if !scanner.take(word: "zero_row") { throw scanner.error("expected 'zero_row', found \(scanner.found)") }
        try scanner.expect("=", "after zero_row")
        zeroRow = try scanner.size("a row")
      }
      try scanner.expect(")", "after normal(…")
      return .normal(std: std, zeroRow: zeroRow)
    case "xavier_uniform":
      try scanner.expect("(", "after xavier_uniform")
      let fanIn = try scanner.size("the fan-in")
      try scanner.expect(",", "between fan-in and fan-out")
      let fanOut = try scanner.size("the fan-out")
      try scanner.expect(")", "after xavier_uniform(…")
      return .xavierUniform(fanIn: fanIn, fanOut: fanOut)
    case "sincos_2d":
      try scanner.expect("(", "after sincos_2d")
      let dim = try scanner.size("the width")
      try scanner.expect(",", "after the width")
      let grid = try scanner.size("the grid size")
      try scanner.expect(",", "after the grid size")
      scanner.skipBlanks()
      let variant = try scanner.string()
      try scanner.expect(")", "after sincos_2d(…")
      return .sincos2D(dim: dim, grid: grid, variant: variant)
    default:
      let known = ["zeros", "ones", "normal", "xavier_uniform", "sincos_2d"]
      throw scanner.error(
        "unknown initializer '\(word)'", at: place, notes: ["expected: \(known.joined(separator: ", "))"])
    }
  }

  /// `("layer" source)`; the word `loc` is already read.
  mutating func location() throws(Diagnostic) -> Provenance {
    try scanner.expect("(", "after loc")
    scanner.skipBlanks()
    var provenance = Provenance(layer: try scanner.string())
    scanner.skipBlanks()
    if scanner.peek == UInt8(ascii: "\"") {
      provenance.source = try scanner.string()
    } else if scanner.peek != UInt8(ascii: ")") {
      provenance.source = try scanner.sourcePlace()
    }
    try scanner.expect(")", "after loc(…")
    return provenance
  }
}
