extension Tensor {
  /// Compares element by element, after broadcasting; the result is bool.
  public func compared(_ kind: Compare.Kind, _ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    let site = SourceSite(file: file, line: line)
    let (a, b) = Self.aligned(self, other, "compare", site)
    return graph.emit(.compare(Compare(kind)), [a, b], expecting: a.type.with(.bool), at: site)
  }

  /// Compares each element with a number; the result is bool.
  public func compared(_ kind: Compare.Kind, _ number: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    compared(kind, filled(number, SourceSite(file: file, line: line)), file: file, line: line)
  }

  private func pointwise(_ kind: Compare.Kind, _ other: Tensor) -> Tensor {
    compared(kind, other, file: graph.lastSite.file, line: graph.lastSite.line)
  }
  private func pointwise(_ kind: Compare.Kind, _ number: Double) -> Tensor {
    pointwise(kind, filled(number, graph.lastSite))
  }

  /// Where the elements are equal to those of the other; bool.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { a.pointwise(.eq, b) }
  /// Where the elements are not equal to those of the other; bool.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { a.pointwise(.ne, b) }
  /// Where the elements are less than those of the other; bool.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { a.pointwise(.lt, b) }
  /// Where the elements are at most those of the other; bool.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { a.pointwise(.le, b) }
  /// Where the elements are greater than those of the other; bool.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { a.pointwise(.gt, b) }
  /// Where the elements are at least those of the other; bool.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { a.pointwise(.ge, b) }
  /// Where the elements are equal to the number; bool.
  public static func .== (a: Tensor, b: Double) -> Tensor { a.pointwise(.eq, b) }
  /// Where the elements are not equal to the number; bool.
  public static func .!= (a: Tensor, b: Double) -> Tensor { a.pointwise(.ne, b) }
  /// Where the elements are less than the number; bool.
  public static func .< (a: Tensor, b: Double) -> Tensor { a.pointwise(.lt, b) }
  /// Where the elements are at most the number; bool.
  public static func .<= (a: Tensor, b: Double) -> Tensor { a.pointwise(.le, b) }
  /// Where the elements are greater than the number; bool.
  public static func .> (a: Tensor, b: Double) -> Tensor { a.pointwise(.gt, b) }
  /// Where the elements are at least the number; bool.
  public static func .>= (a: Tensor, b: Double) -> Tensor { a.pointwise(.ge, b) }
  /// Logical and, of booleans.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { a.combined(.and, b, a.graph.lastSite) }
  /// Logical or, of booleans.
  public static func .| (a: Tensor, b: Tensor) -> Tensor { a.combined(.or, b, a.graph.lastSite) }
}

/// Where `condition` (bool, broadcast from the last axis) holds, the element of `a`, else that of `b`.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
  let site = SourceSite(file: file, line: line)
  let (x, y) = Tensor.aligned(a, b, "select", site)
  let (test, chosen) = Tensor.aligned(condition, x, "select", site)
  let other = Tensor.aligned(y, chosen, "select", site).0
  return chosen.graph.emit(.select(Select()), [test, chosen, other], expecting: chosen.type, at: site)
}

/// Where `condition` holds, the element of `a`, else the number.
public func select(_ condition: Tensor, _ a: Tensor, _ number: Double, file: String = #fileID, line: Int = #line)
  -> Tensor
{
  select(condition, a, a.filled(number, SourceSite(file: file, line: line)), file: file, line: line)
}
