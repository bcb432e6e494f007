import Interpreter
import OpHarness
import Support
import TensorIR

/// Arguments for a function: reals of U(−1.5, 1.5), integers of −1 … 6, so that some repeat and some are clamped. What an
/// argument gets depends on its name, not on what other arguments there are.
public enum GraphInputs {
  public static func values(for function: Function, seed: UInt64) -> [HostTensor] {
    function.arguments.map { argument in
      var hash = StableHash()
      hash.update("\(seed) \(argument.name)")
      var random = RandomSource(seed: hash.value)
      let type = argument.type
      switch type.element {
      case .f32, .f64, .bf16:
        return HostTensor(type, (0..<type.count).map { _ in random.uniform(-1.5, 1.5) })
      case .i32: return HostTensor(type, (0..<type.count).map { _ in random.integer(-1..<7) })
      case .i64: return HostTensor(type, (0..<type.count).map { _ in random.integer(1..<1000) })
      case .bool: return HostTensor(type, (0..<type.count).map { _ in random.integer(0..<2) })
      }
    }
  }

  /// The same with every real moved by about the rounding of an f32.
  static func moved(_ inputs: [HostTensor], _ random: inout RandomSource) -> [HostTensor] {
    var result: [HostTensor] = []
    for input in inputs {
      if input.type.element.isFloat {
        let reals = input.reals.map { $0 * (1 + 2e-7 * (random.unit() - 0.5)) + 1e-7 * (random.unit() - 0.5) }
        result.append(HostTensor(input.type, reals))
      } else {
        result.append(input)
      }
    }
    return result
  }
}
