import Autodiff
import GraphFuzz
import IRText
import Interpreter
import Passes
import Support
import TensorIR

extension FileTest {
  /// Does what the first line says. Returns the text to compare with the golden, or nil for verbs that have none.
  func run() throws -> String? {
    switch verb {
    case "roundtrip": return try roundTrip()
    case "verify":
      try checkErrors()
      return nil
    case "opt": return try optimise()
    case "ad": return try differentiate()
    case "run": return try execute()
    case "compile":
      try compile()
      return nil
    default: throw Diagnostic(.badData, at: SourceLocation(file: path, line: 1), "unknown verb '\(verb)'")
    }
  }

  private func roundTrip() throws -> String {
    let module = try Module(parsing: text, file: path)
    let printed = module.description
    let again = try Module(parsing: printed, file: path).description
    if again != printed { throw Diagnostic(.compilerBug, "printing what was parsed gives another text") }
    return printed
  }

  /// Parts between `// -----` lines are modules of their own. Each is well formed, or has one `// error: text` on the line at
  /// which an error with that text is expected.
  private func checkErrors() throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var start = 0
    while start < lines.count {
      let end = lines[start...].firstIndex { $0.hasPrefix("// -----") } ?? lines.count
      // Lines before the part are left empty, so that numbers stay right.
      let part = String(repeating: "\n", count: start) + lines[start..<end].joined(separator: "\n")
      try checkError(part, lines[start..<end])
      start = end + 1
    }
  }

  private func checkError(_ part: String, _ lines: ArraySlice<Substring>) throws {
    let mark = "// error: "
    let expected = lines.indices.compactMap { index -> (line: Int, text: String)? in
      guard let place = lines[index].firstRange(of: mark) else { return nil }
      return (index + 1, String(lines[index][place.upperBound...]))
    }
    do {
      _ = try Module(parsing: part, file: path)
    } catch {
      guard let expected = expected.first else { throw error }
      if error.location?.line != expected.line || !error.description.contains(expected.text) {
        throw Diagnostic(.failure, "expected line \(expected.line): \(expected.text)", notes: ["found: \(error)"])
      }
      return
    }
    if let expected = expected.first {
      throw Diagnostic(
        .failure, at: SourceLocation(file: path, line: expected.line), "expected an error: \(expected.text); found none"
      )
    }
  }

  /// `opt [--remarks] [--limit=N] pass,pass{…}`: the module afterwards, then the remarks.
  private func optimise() throws -> String {
    let limit = arguments.first { $0.hasPrefix("--limit=") }.flatMap { Int($0.dropFirst("--limit=".count)) }
    let options = PassManager.Options(
      rewriteLimit: limit, verifyEach: true, remarks: arguments.contains("--remarks"))
    let pipeline = arguments.last.map { $0.hasPrefix("--") ? "" : $0 } ?? ""
    var manager = try PassManager(pipeline.isEmpty ? .level(3) : Pipeline(parsing: pipeline), options)
    let module = try manager.run(try Module(parsing: text, file: path))
    return module.description + manager.context.remarks.map { "// \($0)\n" }.joined()
  }

  /// `ad loss [argument …]`: the first function with the gradients of that result by the arguments named, or else by all
  /// floating-point ones.
  private func differentiate() throws -> String {
    let module = try Module(parsing: text, file: path)
    guard let loss = arguments.first else { throw Diagnostic(.badData, "ad needs the name of a result") }
    let named = Array(arguments.dropFirst())
    let all = module.functions[0].arguments.filter { $0.type.element.isFloat }.map(\.name)
    let gradient = try Autodiff.gradients(
      of: module.functions[0], loss: loss, withRespectTo: named.isEmpty ? all : named)
    try Verifier.verify(gradient)
    return gradient.description
  }

  /// `run [--gradients=RESULT]`: the results of each function on inputs made from a formula, equal with and without passes;
  /// with `--gradients`, those of the first function and the gradients of that result.
  private func execute() throws -> String {
    var module = try Module(parsing: text, file: path)
    if let flag = arguments.first(where: { $0.hasPrefix("--gradients=") }) {
      let names = module.functions[0].arguments.filter { $0.type.element.isFloat }.map(\.name)
      let loss = String(flag.dropFirst("--gradients=".count))
      module.functions = [try Autodiff.gradients(of: module.functions[0], loss: loss, withRespectTo: names)]
    }
    var out = ""
    for function in module.functions {
      let inputs = function.arguments.map { HostTensor.sample($0.type) }
      let plain = try Interpreter.run(function, inputs: inputs)
      var manager = try PassManager(.level(3), PassManager.Options(verifyEach: true))
      let passed = try Interpreter.run(try manager.run(function), inputs: inputs)
      out += "@\(function.name)\n"
      for ((result, value), other) in zip(zip(function.results, plain), passed) {
        if !value.agrees(with: other) {
          throw Diagnostic(.failure, "result '\(result.name)' of @\(function.name) changes with passes")
        }
        out += "  \(result.name): \(value.type) = [\(value.reals.map(Self.rounded).joined(separator: ", "))]\n"
      }
    }
    return out
  }

  /// Every function, compiled at every level, gives what the interpreter gives.
  private func compile() throws {
    var check = GraphCheck((0...3).map { .level($0) }, level: .standard)
    let module = try Module(parsing: text, file: path)
    for seed in UInt64(1)...3 {
      if let failure = try check.failures(module.functions, seed: seed).first {
        throw Diagnostic(.failure, "@\(module.functions[failure.index].name), \(failure.variant): \(failure.message)")
      }
    }
  }

  /// Six digits; what is zero but for rounding is 0.
  private static func rounded(_ number: Double) -> String { abs(number) < 1e-9 ? "0" : number.significant(6) }
}

extension HostTensor {
  /// Elements by a formula: small fractions of both signs, or for integers 0, 1, 2, 0, …
  static func sample(_ type: TensorType) -> HostTensor {
    if type.element.isFloat {
      let reals: [Double] = (0..<type.count).map { index in Double((index * 37 + 11) % 19 - 9) / 8 }
      return HostTensor(type, reals)
    }
    let modulus = type.element == .bool ? 2 : 3
    let integers: [Int64] = (0..<type.count).map { index in Int64(index % modulus) }
    return HostTensor(type, integers)
  }

  /// Whether every element is the same up to 10⁻⁶ (constants are folded in f32), NaN equal to NaN.
  func agrees(with other: HostTensor) -> Bool {
    if type != other.type { return false }
    for (a, b) in zip(reals, other.reals) where !(a == b || (a.isNaN && b.isNaN)) {
      if !(abs(a - b) <= 1e-6 * max(1, abs(a))) { return false }
    }
    return true
  }
}

extension Substring {
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
