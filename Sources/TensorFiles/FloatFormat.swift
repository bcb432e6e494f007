/// Floating-point formats of files, by their safetensors names.
public enum FloatFormat: String, Sendable, Hashable, CaseIterable {
  case f16 = "F16"
  case bf16 = "BF16"
  case f32 = "F32"
  case f64 = "F64"

  /// Bytes per element.
  public var size: Int {
    switch self {
    case .f16, .bf16: 2
    case .f32: 4
    case .f64: 8
    }
  }

  /// The value of an element from its bits: exact, but that f64 is rounded to the nearest f32.
  public func value(_ bits: UInt64) -> Float {
    switch self {
    case .f16: Self.widened(half: UInt32(truncatingIfNeeded: bits))
    case .bf16: Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16)
    case .f32: Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    case .f64: Float(Double(bitPattern: bits))
    }
  }

  /// Converts elements that lie `stride` elements apart from the byte `offset` of `source` on.
  func convert(
    _ source: UnsafeRawBufferPointer, from offset: Int = 0, stride: Int = 1, swapped: Bool = false,
    into destination: UnsafeMutableBufferPointer<Float>
  ) {
    for index in destination.indices {
      let place = offset + index * stride * size
      let value =
        switch self {
        case .f16, .bf16:
          self.value(UInt64(Self.load(source, place, UInt16.self, swapped)))
        case .f32:
          self.value(UInt64(Self.load(source, place, UInt32.self, swapped)))
        case .f64:
          self.value(Self.load(source, place, UInt64.self, swapped))
        }
      destination[index] = value
    }
  }

  private static func load<Bits: FixedWidthInteger>(
    _ source: UnsafeRawBufferPointer, _ place: Int, _ type: Bits.Type, _ swapped: Bool
  ) -> Bits {
    let bits = source.loadUnaligned(fromByteOffset: place, as: Bits.self)
    return swapped ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
  }

  /// IEEE 754 binary16 to binary32.
  private static func widened(half: UInt32) -> Float {
    let sign = (half & 0x8000) << 16
    let exponent = half >> 10 & 0x1F
    let fraction = half & 0x3FF
    if exponent == 0 {
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    }
    let widened = exponent == 31 ? 0x7F80_0000 : (exponent + 112) << 23
    return Float(bitPattern: sign | widened | fraction << 13)
  }
}
