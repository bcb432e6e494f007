import Support
import TensorIR

extension ModuleParser {
  /// ` {param, init = ones, decay}`, ` {state}`, or nothing for an input.
  mutating func role() throws(Diagnostic) -> ArgumentRole {
    guard scanner.take("{") else { return .input }
    if scanner.take(word: "state") {
      try scanner.expect("}", "after state")
      return .state
    }
    if !scanner.take(word: "param") { throw scanner.error("expected 'param' or 'state', found \(scanner.found)") }
    var initializer: Initializer?
    var (decay, fixed) = (false, false)
    var aliases: [String] = []
    while scanner.take(",") {
      scanner.skipBlanks()
      let place = scanner.here
      let word = try scanner.name("init, decay, fixed or aliases")
      switch word {
      case "decay": decay = true
      case "fixed": fixed = true
      case "init":
        try scanner.expect("=", "after init")
        initializer = try self.initializer()
      case "aliases":
        try scanner.expect("=", "after aliases")
        try scanner.expect("[", "before the aliases")
        repeat {
          scanner.skipBlanks()
          aliases.append(try scanner.string())
        } while scanner.take(",")
        try scanner.expect("]", "after the aliases")
      default:
        throw scanner.error(
          "unknown property '\(word)' of a parameter", at: place, notes: ["expected: init, decay, fixed, aliases"])
      }
    }
    guard let initializer else { throw scanner.error("a parameter needs 'init = …'") }
    try scanner.expect("}", "after a parameter's properties")
    return .parameter(initializer, trainable: !fixed, decay: decay, aliases: aliases)
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
      scanner.skipBlanks()
      let std: Double
      switch try scanner.number() {
      case .integer(let value): std = Double(value)
      case .real(let value): std = value
      case .bool, .string, .symbol, .integers, .reals: throw scanner.error("expected a standard deviation", at: place)
      }
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
