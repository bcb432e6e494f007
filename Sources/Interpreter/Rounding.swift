import TensorIR

/// Rounding of f64 values to the precision of narrower types.
public enum Rounding {
  /// The nearest value of the element type, ties to even; `f64` and integers stay.
  public static func round(_ value: Double, to element: ElementType) -> Double {
    switch element {
    case .f32: Double(Float(value))
    case .bf16: Double(bf16(Float(value)))
    case .f64, .i32, .i64, .bool: value
    }
  }

  /// The nearest bfloat16, ties to even, as the `Float` that equals it.
  public static func bf16(_ value: Float) -> Float {
    if value.isNaN { return value }
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
  }

  /// Every element rounded to the tensor's own element type.
  static func round(_ tensor: HostTensor) -> HostTensor {
    let element = tensor.type.element
    guard element == .f32 || element == .bf16, case .reals(let values) = tensor.elements else { return tensor }
    return HostTensor(tensor.type, values.map { round($0, to: element) })
  }

  /// An integer wrapped to the width of its element type.
  static func wrap(_ value: Int64, to element: ElementType) -> Int64 {
    element == .i32 ? Int64(Int32(truncatingIfNeeded: value)) : value
  }
}
