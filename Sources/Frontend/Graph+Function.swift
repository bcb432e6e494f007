extension Graph {
  /// The finished function: inputs, then parameters, each in order of declaration, then the nodes in order.
  /// Throws the first error of the build.
  func finish() throws(Diagnostic) -> Function {
    if let error { throw error }
    var function = Function(name: name)
    var renumbered = [ValueID](repeating: ValueID(0), count: types.count)
    for declared in inputs + parameters {
      renumbered[declared.value.index] = function.addArgument(declared.argument)
    }
    for node in nodes {
      let operands = node.operands.map { renumbered[$0.index] }
      let new = function.addNode(node.op, operands, types: [types[node.result.index]], node.provenance)
      renumbered[node.result.index] = new[0]
    }
    function.results = results.map { result in
      result.moved(to: renumbered[result.value.index], alias: result.alias.map { renumbered[$0.index] })
    }
    if function.results.isEmpty { throw Diagnostic(.badData, "@\(name) has no result: name one with graph.result") }
    try Verifier.verify(function)
    return function
  }
}
