import CRuntime

/// The values that parameters have before training; each depends on (seed, parameter name, index) only.
public enum ParameterInit {
  /// Writes the initial values of the parameter `name` (f32, row-major, `type.count` of them) to `values`.
  public static func fill(
    _ name: String, _ type: TensorType, _ initializer: Initializer, seed: UInt64,
    into values: UnsafeMutablePointer<Float>
  ) {
    let count = type.count
    switch initializer {
    case .xavierUniform(let fanIn, let fanOut):
      mrm_fill_uniform(values, count, key(seed, name), (6 / Double(fanIn + fanOut)).squareRoot())
    case .normal(let std, let zeroRow):
      mrm_fill_normal(values, count, key(seed, name), std)
      if let zeroRow {
        let width = count / max(1, type.shape.first ?? 1)
        mrm_fill_constant(values + zeroRow * width, width, 0)
      }
    case .zeros: mrm_fill_constant(values, count, 0)
    case .ones: mrm_fill_constant(values, count, 1)
    case .sincos2D(let dim, let grid, let variant):
      precondition(count == dim * (1 + grid * grid), "\(name): a table of another size")
      mrm_fill_sincos_2d(values, dim, grid, variant == "mae" ? 1 : 0)
    }
  }

  private static func key(_ seed: UInt64, _ name: String) -> UInt64 {
    var hash = StableHash()
    withUnsafeBytes(of: seed.littleEndian) { hash.update($0) }
    hash.update(name)
    return hash.value
  }
}
