import Support
import TensorIR

/// Recursive descent over the grammar of `IR/README.md`.
struct ModuleParser {
  var scanner: Scanner

  init(_ scanner: Scanner) { self.scanner = scanner }

  mutating func parse() throws(Diagnostic) -> ParsedModule {
    var module = Module(name: "")
    if scanner.take(word: "module") {
      try scanner.expect("@", "before the module's name")
      if TensorIR.Printer.isNameByte(scanner.peek) { module.name = try scanner.name("the module's name") }
      if scanner.take("{") { module.attributes = try attributes() }
    }
    if scanner.take(word: "task") { module.task = try task() }
    var functionLocations: [SourceLocation] = []
    var nodeLocations: [[SourceLocation]] = []
    var names = Set<String>()
    while true {
      scanner.skipBlanks()
      if scanner.atEnd { break }
      if !scanner.take(word: "func") { throw scanner.error("expected 'func', found \(scanner.found)") }
      try scanner.expect("@", "before the function's name")
      functionLocations.append(scanner.here)
      let name = try scanner.name("the function's name")
      if !names.insert(name).inserted {
        throw scanner.error("two functions are named @\(name)", at: functionLocations.last)
      }
      var parser = FunctionParser(self, name: name)
      try parser.parse()
      self = parser.parent
      module.functions.append(parser.function)
      nodeLocations.append(parser.nodeLocations)
    }
    return ParsedModule(module: module, functionLocations: functionLocations, nodeLocations: nodeLocations)
  }

  /// `name = value, …}`; the opening brace is already read.
  mutating func attributes() throws(Diagnostic) -> [Attribute] {
    var list: [Attribute] = []
    if scanner.take("}") { return list }
    var names = Set<String>()
    while true {
      scanner.skipBlanks()
      let place = scanner.here
      let name = try scanner.name("an attribute's name")
      if !names.insert(name).inserted { throw scanner.error("attribute '\(name)' is given twice", at: place) }
      try scanner.expect("=", "after attribute '\(name)'")
      list.append(Attribute(name, try attributeValue(name)))
      if scanner.take("}") { return list }
      try scanner.expect(",", "or '}' after attribute '\(name)'")
    }
  }

  private mutating func attributeValue(_ name: String) throws(Diagnostic) -> AttributeValue {
    scanner.skipBlanks()
    switch scanner.peek {
    case UInt8(ascii: "\""): return .string(try scanner.string())
    case UInt8(ascii: "["): return try list()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try scanner.number()
    default: break
    }
    let word = try scanner.name("a value of attribute '\(name)'")
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "inf": return .real(.infinity)
    case "nan": return .real(.nan)
    default: return .symbol(word)
    }
  }

  /// A list of numbers: integers if all are, else reals.
  private mutating func list() throws(Diagnostic) -> AttributeValue {
    _ = scanner.take("[")
    var integers: [Int] = []
    var reals: [Double] = []
    var isReal = false
    if scanner.take("]") { return .integers([]) }
    while true {
      if scanner.take("...") {
        throw scanner.error("this list was cut short ('...') and cannot be read back; print it without elision")
      }
      let item: AttributeValue
      if scanner.take(word: "nan") {
        item = .real(.nan)
      } else if scanner.take(word: "inf") {
        item = .real(.infinity)
      } else {
        item = try scanner.number()
      }
      if case .integer(let number) = item {
        if isReal { reals.append(Double(number)) } else { integers.append(number) }
      } else if case .real(let number) = item {
        if !isReal {
          isReal = true
          reals = integers.map(Double.init)
        }
        reals.append(number)
      }
      if scanner.take("]") { return isReal ? .reals(reals) : .integers(integers) }
      try scanner.expect(",", "or ']' in a list")
    }
  }

  /// `f32[2,3]`.
  mutating func type() throws(Diagnostic) -> TensorType {
    scanner.skipBlanks()
    let place = scanner.here
    let word = try scanner.name("a type such as f32[2,3]")
    guard let element = ElementType(rawValue: word) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw scanner.error("unknown element type '\(word)'", at: place, notes: ["expected: \(known)"])
    }
    try scanner.expect("[", "after \(word)")
    var shape: [Int] = []
    if scanner.take("]") { return TensorType(element, shape) }
    while true {
      let sizePlace = scanner.here
      let size = try scanner.size("an axis size")
      if size == 0 { throw scanner.error("an axis has at least one element, found 0", at: sizePlace) }
      shape.append(size)
      if scanner.take("]") { break }
      try scanner.expect(",", "or ']' in a shape")
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow || product > 1 << 48 {
        throw scanner.error("\(TensorType(element, shape)) has more than 2^48 elements", at: place)
      }
      count = product
    }
    return TensorType(element, shape)
  }
}
