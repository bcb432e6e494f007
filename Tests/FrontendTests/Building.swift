import Frontend

/// Builds a function of one result `y` and gives it back, verified.
func build(_ body: (Graph) -> Tensor) throws(Diagnostic) -> Function {
  var module = try ModuleBuilder("test", ModelOptions())
  try module.function("f") { $0.result("y", body($0)) }
  return module.finish().functions[0]
}

/// The error of a build that must fail; nil if it does not.
func failure(_ body: (Graph) -> Tensor) -> Diagnostic? {
  do {
    _ = try build(body)
    return nil
  } catch {
    return error
  }
}

extension Function {
  var mnemonics: [String] { nodes.map(\.op.mnemonic) }
  var resultType: TensorType { type(of: results[0].value) }
}
