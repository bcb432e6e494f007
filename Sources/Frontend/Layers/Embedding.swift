/// Rows of a table chosen by `ids` (integers): `[…]` to `[…, width]`.
///
/// Parameter `<name>.weight` `[count, width]`, N(0, 0.02). The row `paddingID`, if given, starts as zero and gets no
/// gradient from the lookup. `aliases`: further checkpoint names of the table.
public func embedding(
  _ name: String, _ ids: Tensor, count: Int, width: Int, paddingID: Int? = nil, aliases: [String] = [],
  file: String = #fileID, line: Int = #line
) -> Tensor {
  let graph = ids.graph
  return graph.pinned(at: SourceSite(file: file, line: line)) {
    graph.scope(name, file: file, line: line) {
      let table = graph.parameter(
        "weight", [count, width], .normal(std: 0.02, zeroRow: paddingID), aliases: aliases)
      let rows = table.gather(ids)
      guard let paddingID else { return rows }
      let isToken = ids.compared(.ne, Double(paddingID)).broadcast(to: rows.shape, axes: Array(0..<ids.rank))
      return select(isToken, rows, rows.detached())
    }
  }
}
