extension Tensor {
  /// One function of two tensors, element by element, after broadcasting.
  func combined(_ kind: Binary.Kind, _ other: Tensor, _ site: SourceSite) -> Tensor {
    let (a, b) = Self.aligned(self, other, kind.rawValue, site)
    return graph.emit(.binary(Binary(kind)), [a, b], at: site)
  }

  /// The scalar as a constant of the same type.
  func filled(_ value: Double, _ site: SourceSite) -> Tensor {
    if !element.isFloat, value != value.rounded() {
      graph.fail("\(value) beside \(type), which holds no fractions; convert it to a float first", at: site)
    }
    return filledExactly(value, site)
  }

  private func filledExactly(_ value: Double, _ site: SourceSite) -> Tensor {
    graph.emit(.constant(Constant(.splat(value), type)), [], expecting: type, at: site)
  }

  /// Sum, element by element, after broadcasting.
  public func adding(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    combined(.add, other, SourceSite(file: file, line: line))
  }
  /// The larger of the two, element by element.
  public func maximum(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    combined(.max, other, SourceSite(file: file, line: line))
  }
  /// The larger of the element and the number.
  public func maximum(_ number: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    let site = SourceSite(file: file, line: line)
    return combined(.max, filled(number, site), site)
  }
  /// The smaller of the two, element by element.
  public func minimum(_ other: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    combined(.min, other, SourceSite(file: file, line: line))
  }

  /// Sum, element by element, after broadcasting.
  public static func + (a: Tensor, b: Tensor) -> Tensor { a.combined(.add, b, a.graph.lastSite) }
  /// Difference, element by element, after broadcasting.
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.combined(.sub, b, a.graph.lastSite) }
  /// Product, element by element, after broadcasting.
  public static func * (a: Tensor, b: Tensor) -> Tensor { a.combined(.mul, b, a.graph.lastSite) }
  /// Quotient, element by element, after broadcasting.
  public static func / (a: Tensor, b: Tensor) -> Tensor { a.combined(.div, b, a.graph.lastSite) }
  /// −x.
  public static prefix func - (a: Tensor) -> Tensor { a.mapped(.neg, a.graph.lastSite) }

  /// Sum with a number, element by element.
  public static func + (a: Tensor, b: Double) -> Tensor { a + a.filled(b, a.graph.lastSite) }
  /// Difference with a number, element by element.
  public static func - (a: Tensor, b: Double) -> Tensor { a - a.filled(b, a.graph.lastSite) }
  /// Product with a number, element by element.
  public static func * (a: Tensor, b: Double) -> Tensor { a * a.filled(b, a.graph.lastSite) }
  /// Quotient with a number, element by element.
  public static func / (a: Tensor, b: Double) -> Tensor { a / a.filled(b, a.graph.lastSite) }
  /// Sum with a number, element by element.
  public static func + (a: Double, b: Tensor) -> Tensor { b.filled(a, b.graph.lastSite) + b }
  /// Difference with a number, element by element.
  public static func - (a: Double, b: Tensor) -> Tensor { b.filled(a, b.graph.lastSite) - b }
  /// Product with a number, element by element.
  public static func * (a: Double, b: Tensor) -> Tensor { b.filled(a, b.graph.lastSite) * b }
  /// Quotient with a number, element by element.
  public static func / (a: Double, b: Tensor) -> Tensor { b.filled(a, b.graph.lastSite) / b }
}
