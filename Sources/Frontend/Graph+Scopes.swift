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
    lastSite = SourceSite(file: file, line: line)
    scopes.append(OpenScope(name: name, layer: layer ?? name))
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
