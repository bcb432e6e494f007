import CRuntime
import Support

/// The values parameters have before training; each depends on (seed, parameter name, index) only.
public enum ParameterInit {
  /// Writes the initial values of `parameter` (f32, row-major) to `values`, which has as many elements.
  public static func fill(_ parameter: Manifest.Parameter, seed: UInt64, into values: UnsafeMutablePointer<Float>) {
    let count = parameter.elementCount
    switch parameter.initialization {
    case .xavierUniform(let fanIn, let fanOut):
      mrm_fill_uniform(values, count, key(seed, parameter.name), (6 / Double(fanIn + fanOut)).squareRoot())
    case .normal(let std, let zeroRow):
      mrm_fill_normal(values, count, key(seed, parameter.name), std)
      if let zeroRow {
        let width = count / max(1, parameter.shape.first ?? 1)
        mrm_fill_constant(values + zeroRow * width, width, 0)
      }
    case .zeros: mrm_fill_constant(values, count, 0)
    case .ones: mrm_fill_constant(values, count, 1)
    case .sincos2D(let dim, let grid, let isMAE):
      precondition(count == dim * (1 + grid * grid), "\(parameter.name): a table of another size")
      mrm_fill_sincos_2d(values, dim, grid, isMAE ? 1 : 0)
    }
  }

  private static func key(_ seed: UInt64, _ name: String) -> UInt64 {
    var hash = StableHash()
    withUnsafeBytes(of: seed.littleEndian) { hash.update($0) }
    hash.update(name)
    return hash.value
  }
}
