import Support
import TensorIR

extension ModuleParser {
  /// The JSON object behind the word `task`.
  mutating func task() throws(Diagnostic) -> Task {
    scanner.skipBlanks()
    let start = scanner.here
    let text = try scanner.braces("the task, a JSON object")
    do throws(Diagnostic) {
      return try Task(JSONReader(try JSON.parse(bytes: text, file: scanner.file), name: "task", at: start))
    } catch {
      var error = error
      if var place = error.location, place != start {
        // Places in the object count from its first byte.
        if place.line == 1 { place.column += start.column - 1 }
        place.line += start.line - 1
        error.location = place
      }
      throw error
    }
  }
}

extension Scanner {
  /// The bytes from an opening brace to the one that closes it; braces in double quotes do not count.
  fileprivate mutating func braces(_ what: String) throws(Diagnostic) -> [UInt8] {
    let opening = here
    guard peek == UInt8(ascii: "{") else { throw error("expected \(what), found \(found)") }
    var depth = 0
    var isQuoted = false
    var index = position
    repeat {
      switch bytes[index] {
      case 0: throw error("'{' is never closed", at: opening)
      case UInt8(ascii: "\\") where isQuoted: index += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "{") where !isQuoted: depth += 1
      case UInt8(ascii: "}") where !isQuoted: depth -= 1
      default: break
      }
      index += 1
      if index >= bytes.count { throw error("'{' is never closed", at: opening) }
    } while depth > 0
    return take(upTo: index)
  }
}
