import Support
import TensorIR

/// g is the cotangent, x and y the node's operands and result.
extension ReverseSweep {
  static func unary(_ kind: Unary.Kind, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> Adjoint {
    let (g, x, y) = (site.cotangent, site.operands[0], site.result)
    let type = b.type(x)
    switch kind {
    case .not:
      return .notDifferentiable
    case .sign:
      return .operands([nil])
    case .neg:
      return .operands([try b.unary(.neg, g)])
    case .abs:
      return .operands([try b.binary(.mul, g, try b.unary(.sign, x))])
    case .exp:
      return .operands([try b.binary(.mul, g, y)])
    case .log:
      return .operands([try b.binary(.div, g, x)])
    case .sqrt:
      return .operands([try b.binary(.div, try b.scale(g, by: 0.5), y)])
    case .rsqrt:
      let cube = try b.binary(.mul, try b.binary(.mul, y, y), y)
      return .operands([try b.binary(.mul, g, try b.scale(cube, by: -0.5))])
    case .tanh:
      let slope = try b.binary(.sub, try b.splat(1, type), try b.binary(.mul, y, y))
      return .operands([try b.binary(.mul, g, slope)])
    case .erf:
      let bell = try b.unary(.exp, try b.unary(.neg, try b.binary(.mul, x, x)))
      return .operands([try b.binary(.mul, g, try b.scale(bell, by: 1.1283791670955125738961589))])
    case .gelu:
      return .operands([try b.binary(.mul, g, try b.unary(.geluDerivative, x))])
    case .geluDerivative:
      // (Φ + x·φ)′ = φ(x)·(2 − x²)
      let square = try b.binary(.mul, x, x)
      let density = try b.scale(try b.unary(.exp, try b.scale(square, by: -0.5)), by: 0.3989422804014326779399461)
      let slope = try b.binary(.mul, density, try b.binary(.sub, try b.splat(2, type), square))
      return .operands([try b.binary(.mul, g, slope)])
    }
  }

  static func binary(_ kind: Binary.Kind, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> Adjoint {
    let (g, left, right, y) = (site.cotangent, site.operands[0], site.operands[1], site.result)
    let (leftWanted, rightWanted) = (site.wanted[0], site.wanted[1])
    switch kind {
    case .and, .or:
      return .notDifferentiable
    case .add:
      return .operands([g, g])
    case .sub:
      return .operands([g, rightWanted ? try b.unary(.neg, g) : nil])
    case .mul:
      return .operands([
        leftWanted ? try b.binary(.mul, g, right) : nil,
        rightWanted ? try b.binary(.mul, g, left) : nil,
      ])
    case .div:
      let share = try b.binary(.div, g, right)
      return .operands([
        leftWanted ? share : nil,
        rightWanted ? try b.unary(.neg, try b.binary(.mul, share, y)) : nil,
      ])
    case .max:
      return .operands([
        leftWanted ? try share(.gt, left, right, g, &b) : nil,
        rightWanted ? try share(.gt, right, left, g, &b) : nil,
      ])
    case .min:
      return .operands([
        leftWanted ? try share(.lt, left, right, g, &b) : nil,
        rightWanted ? try share(.lt, right, left, g, &b) : nil,
      ])
    }
  }

  /// g where `own` wins over `other`, half of it where they are equal, else 0.
  private static func share(
    _ wins: Compare.Kind, _ own: ValueID, _ other: ValueID, _ g: ValueID, _ b: inout Builder
  ) throws(Diagnostic) -> ValueID {
    let zero = try b.splat(0, b.type(g))
    let tied = try b.select(try b.compare(.eq, own, other), try b.scale(g, by: 0.5), zero)
    return try b.select(try b.compare(wins, own, other), g, tied)
  }

  static func select(_ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> [ValueID?] {
    let (g, condition) = (site.cotangent, site.operands[0])
    let zero = try b.splat(0, b.type(g))
    return [
      nil,
      site.wanted[1] ? try b.select(condition, g, zero) : nil,
      site.wanted[2] ? try b.select(condition, zero, g) : nil,
    ]
  }
}
