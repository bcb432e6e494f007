import Support

/// Checks that a function is well formed: types as inferred, operands defined before use, names unique.
public enum Verifier {
  /// Throws the first error; `header` is the place of the function in a text and `location` that of node number i, if there
  /// is one.
  public static func verify(
    _ function: Function, header: SourceLocation? = nil, location: (Int) -> SourceLocation? = { _ in nil }
  ) throws(Diagnostic) {
    if !isName(function.name) { throw noName(function.name, "a function", header) }
    var names = Set<String>()
    for argument in function.arguments {
      if !names.insert(argument.name).inserted {
        throw Diagnostic(.badData, at: header, "@\(function.name): two arguments are named '\(argument.name)'")
      }
      if !isName(argument.name) || argument.name.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
        throw noName(argument.name, "an argument", header, of: function)
      }
      if argument.type.shape.contains(where: { $0 < 1 }) {
        throw Diagnostic(
          .badData, at: header, "@\(function.name): argument '\(argument.name)' has an empty shape \(argument.type)")
      }
      if let problem = problem(of: argument) {
        throw Diagnostic(.badData, at: header, "@\(function.name): \(problem)")
      }
    }
    for argument in function.arguments {
      for alias in argument.role.parameter?.aliases ?? [] where !names.insert(alias).inserted {
        throw Diagnostic(
          .badData, at: header,
          "@\(function.name): '\(alias)', another name of parameter '\(argument.name)', is a name of a second argument",
          notes: ["each name of a checkpoint is one tensor's"])
      }
    }
    var defined = function.arguments.count
    for (index, node) in function.nodes.enumerated() {
      for operand in node.operands where operand.index >= defined {
        throw Diagnostic(.badData, at: location(index), "\(node.op.mnemonic) reads a value before it is defined")
      }
      let types: [TensorType]
      do {
        types = try node.op.infer(node.operands.map { function.type(of: $0) })
      } catch {
        let found = node.operands.map { "\(Printer.name($0, in: function)): \(function.type(of: $0))" }
        throw Diagnostic(
          error.code, at: location(index), error.message,
          notes: error.notes + ["operands: \(found.isEmpty ? "none" : found.joined(separator: ", "))"] + notes(node))
      }
      let declared = node.results.map { function.type(of: $0) }
      if types != declared {
        throw Diagnostic(
          .badData, at: location(index), "\(node.op.mnemonic): the result is declared otherwise than its operands give",
          notes: ["expected: \(list(types))", "found: \(list(declared))"] + notes(node))
      }
      for result in node.results {
        if result.index != defined {
          throw Diagnostic(.compilerBug, at: location(index), "values are not numbered in order of definition")
        }
        defined += 1
      }
    }
    try verifyResults(function, defined: defined, header)
  }

  /// Why an argument cannot have its role, or nil.
  private static func problem(of argument: Argument) -> String? {
    switch argument.role {
    case .input, .state: return nil
    case .scalar(let scalar):
      let wanted = TensorType(scalar.element, [])
      if argument.type == wanted || (wanted.element.isFloat && argument.type == TensorType(.f64, [])) { return nil }
      return "'\(argument.name)' is \(argument.type); a \(scalar.word) is \(wanted)"
    case .parameter(let role):
      if !role.rateScale.isFinite || role.rateScale < 0 {
        return "parameter '\(argument.name)': a learning rate is scaled by 0 or more, found \(role.rateScale)"
      }
      return role.initializer.problem(for: argument.type).map { "parameter '\(argument.name)': \($0)" }
    }
  }

  private static func verifyResults(_ function: Function, defined: Int, _ header: SourceLocation?) throws(Diagnostic) {
    var names = Set<String>()
    var aliased = Set<ValueID>()
    for guarded in function.guards {
      if guarded.index < defined, function.type(of: guarded).rank == 0, function.type(of: guarded).element.isFloat {
        continue
      }
      throw Diagnostic(
        .badData, at: header, "@\(function.name): a guard looks at one float, a scalar that is defined")
    }
    for result in function.results {
      if !isName(result.name) { throw noName(result.name, "a result", header, of: function) }
      if !names.insert(result.name).inserted {
        throw Diagnostic(.badData, at: header, "@\(function.name): two results are named '\(result.name)'")
      }
      if [.loss, .term, .gradientNorm].contains(result.role), result.value.index < defined,
        function.type(of: result.value).rank != 0 || !function.type(of: result.value).element.isFloat
      {
        throw Diagnostic(
          .badData, at: header,
          "@\(function.name): result '\(result.name)' is \(function.type(of: result.value)); "
            + "a \(result.role.rawValue) is a floating-point scalar")
      }
      if result.value.index >= defined {
        throw Diagnostic(.badData, at: header, "@\(function.name): result '\(result.name)' is not defined")
      }
      if let alias = result.alias {
        if alias.index >= function.arguments.count || function.type(of: alias) != function.type(of: result.value) {
          throw Diagnostic(
            .badData, at: header,
            "@\(function.name): result '\(result.name)' cannot take the memory of that argument")
        }
        if !aliased.insert(alias).inserted {
          throw Diagnostic(
            .badData, at: header,
            "@\(function.name): result '\(result.name)' takes the memory of an argument that another result takes")
        }
      }
    }
  }

  /// Whether text can say it.
  package static func isName(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(Printer.isNameByte) }

  private static func noName(
    _ name: String, _ what: String, _ header: SourceLocation?, of function: Function? = nil
  ) -> Diagnostic {
    Diagnostic(
      .badData, at: header, (function.map { "@\($0.name): " } ?? "") + "'\(name)' cannot name \(what)",
      notes: ["expected: letters, digits, '_', '.' and '-', not digits only"])
  }

  private static func list(_ types: [TensorType]) -> String { types.map(\.description).joined(separator: ", ") }

  private static func notes(_ node: Node) -> [String] {
    (node.provenance.layer.isEmpty ? [] : ["layer: \(node.provenance.layer)"])
      + (node.provenance.source.isEmpty ? [] : ["built at: \(node.provenance.source)"])
  }
}
