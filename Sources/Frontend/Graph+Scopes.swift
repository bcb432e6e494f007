extension Graph {
  /// Runs `body` in a scope: parameters declared in it are called `<name>.…` and its nodes' layer path goes on with
  /// `layer`, which is `name` unless given.
  ///
  /// - Parameters:
  ///   - name: part of the public checkpoint names; empty: the scope adds none.
  ///   - layer: the readable layer path; empty: the scope adds none.
  public func scope<Result>(
    _ name: String, layer: String? = nil, file: String = #fileID, line: Int = #line, _ body: () -> Result
  ) -> Result {
    pass(SourceSite(file: file, line: line))
    scopes.append(OpenScope(name: name, layer: layer ?? name))
    defer { scopes.removeLast() }
    return body()
  }

  /// Runs `body` so that the parameters declared in it keep their values if `frozen`, and have `rate` times the learning
  /// rate, for layer-wise decay. Gradients of frozen parameters are never computed.
  public func training<Result>(frozen: Bool = false, rate: Double? = nil, _ body: () -> Result) -> Result {
    scopes.append(OpenScope(name: "", layer: "", isFrozen: frozen, rate: rate))
    defer { scopes.removeLast() }
    return body()
  }
}

extension Tensor {
  /// Runs `body` with the tensor, in a scope of its function: see `Graph.scope`.
  public func scope<Result>(
    _ name: String, layer: String? = nil, file: String = #fileID, line: Int = #line, _ body: (Tensor) -> Result
  ) -> Result {
    graph.scope(name, layer: layer, file: file, line: line) { body(self) }
  }
}
