extension Tensor {
  func mapped(_ kind: Unary.Kind, _ site: SourceSite) -> Tensor { graph.emit(.unary(Unary(kind)), [self], at: site) }

  /// −1, 0 or 1, element by element; its derivative is 0.
  public func sign(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.sign, SourceSite(file: file, line: line))
  }
  /// |x|.
  public func abs(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.abs, SourceSite(file: file, line: line))
  }
  /// eˣ.
  public func exp(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.exp, SourceSite(file: file, line: line))
  }
  /// The natural logarithm.
  public func log(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.log, SourceSite(file: file, line: line))
  }
  /// √x.
  public func squareRoot(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.sqrt, SourceSite(file: file, line: line))
  }
  /// 1/√x.
  public func reciprocalSquareRoot(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.rsqrt, SourceSite(file: file, line: line))
  }
  /// The hyperbolic tangent.
  public func tanh(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.tanh, SourceSite(file: file, line: line))
  }
  /// x·Φ(x), exact (erf) GELU.
  public func gelu(file: String = #fileID, line: Int = #line) -> Tensor {
    mapped(.gelu, SourceSite(file: file, line: line))
  }
  /// Logical not, of booleans.
  public static prefix func .! (a: Tensor) -> Tensor { a.mapped(.not, a.graph.lastSite) }

  /// The same values as another element type; floats become integers by truncation, anything becomes bool by `≠ 0`.
  public func converted(to element: ElementType, file: String = #fileID, line: Int = #line) -> Tensor {
    if element == self.element { return self }
    return graph.emit(.convert(Convert(element)), [self], at: SourceSite(file: file, line: line))
  }

  /// The tensor itself, through which no gradient flows.
  public func detached(file: String = #fileID, line: Int = #line) -> Tensor {
    graph.emit(.stopGradient(StopGradient()), [self], at: SourceSite(file: file, line: line))
  }

  /// Zeroes each element with probability `rate` and divides the others by 1 − rate; rate 0 does nothing.
  ///
  /// Which elements is decided by the function's `seed` input (i64 scalar, declared here if it is not yet), the number
  /// of the dropout in the order of the build, and the element's index.
  public func dropout(_ rate: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    if rate == 0 { return self }
    let seed = graph.seed(file: file, line: line)
    let op = Dropout(rate: rate, stream: graph.dropoutStreams)
    graph.dropoutStreams += 1
    return graph.emit(.dropout(op), [self, seed], at: SourceSite(file: file, line: line))
  }
}

extension Graph {
  /// The function's `seed` input, an i64 scalar that decides about all its dropouts.
  public func seed(file: String = #fileID, line: Int = #line) -> Tensor {
    scalar(ScalarRole.seed.word, .seed, file: file, line: line)
  }
}

prefix operator .!
