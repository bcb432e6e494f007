import Support
import TensorIR

/// A tensor in ordinary memory: what the interpreter takes, computes with and returns.
///
/// Elements are row-major. Floating point of every type is kept as `Double`, so `f32` and `bf16` values carry f64
/// precision unless `Interpreter.Options.roundToType` is set; integers and booleans (0 or 1) are exact as `Int64`.
public struct HostTensor: Hashable, Sendable {
  /// The elements, by kind of element type.
  public enum Elements: Hashable, Sendable {
    case reals([Double])
    case integers([Int64])
  }

  public let type: TensorType
  public let elements: Elements

  /// A floating-point tensor; there must be `type.count` elements and `type.element` must be a float.
  public init(_ type: TensorType, _ reals: [Double]) {
    precondition(type.element.isFloat && reals.count == type.count, "\(type) does not hold \(reals.count) reals")
    self.type = type
    elements = .reals(reals)
  }

  /// An integer or boolean tensor; there must be `type.count` elements and `type.element` must not be a float.
  public init(_ type: TensorType, _ integers: [Int64]) {
    precondition(
      !type.element.isFloat && integers.count == type.count, "\(type) does not hold \(integers.count) integers")
    self.type = type
    elements = .integers(integers)
  }

  /// The same value everywhere; integers truncate it (out of range: the nearest bound), booleans are `≠ 0`.
  public init(_ type: TensorType, splat value: Double) {
    if type.element.isFloat {
      self.init(type, [Double](repeating: value, count: type.count))
    } else {
      let integer = type.element == .bool ? (value == 0 ? 0 : 1) : Int64(saturating: value)
      self.init(type, [Int64](repeating: integer, count: type.count))
    }
  }

  /// The elements as reals; integers are converted.
  public var reals: [Double] {
    switch elements {
    case .reals(let values): values
    case .integers(let values): values.map(Double.init)
    }
  }

  /// The elements as integers; reals are truncated, values out of range and NaN become the nearest bound and 0.
  public var integers: [Int64] {
    switch elements {
    case .reals(let values): values.map(Int64.init(saturating:))
    case .integers(let values): values
    }
  }

  /// The only element of a tensor of one element, as a real.
  public var scalar: Double {
    switch elements {
    case .reals(let values): values[0]
    case .integers(let values): Double(values[0])
    }
  }

  /// Whether every element is finite.
  public var isFinite: Bool {
    switch elements {
    case .reals(let values): values.allSatisfy(\.isFinite)
    case .integers: true
    }
  }

  /// The same elements under another shape of equal size.
  func reshaped(_ shape: [Int]) -> HostTensor {
    let type = TensorType(type.element, shape)
    switch elements {
    case .reals(let values): return HostTensor(type, values)
    case .integers(let values): return HostTensor(type, values)
    }
  }
}

extension Int64 {
  /// Truncates toward zero; out of range: the nearest bound; NaN: 0.
  init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= 9.223372036854775807e18 {
      self = .max
    } else if value <= -9.223372036854775808e18 {
      self = .min
    } else {
      self = Int64(value)
    }
  }
}
