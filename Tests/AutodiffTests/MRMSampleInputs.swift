import Interpreter
import OpHarness
import TensorIR

/// The inputs of mrm-nano as `Samples/mrm_samples.py` makes them: each from random numbers keyed by its name.
enum MRMSampleInputs {
  /// FNV-1a, 64 bits.
  private static func source(_ name: String) -> RandomSource {
    RandomSource(seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
  }

  static func uniform(_ name: String, _ count: Int, _ low: Double, _ high: Double) -> [Double] {
    var random = source(name)
    return (0..<count).map { _ in random.uniform(low, high) }
  }

  static func integers(_ name: String, _ count: Int, _ range: Range<Int>) -> [Int64] {
    var random = source(name)
    return (0..<count).map { _ in random.integer(range) }
  }

  /// One tensor per argument; optimiser state and schedule are zero.
  static func tensors(_ function: Function) -> [HostTensor] { function.arguments.map(tensor) }

  static func tensor(_ argument: Argument) -> HostTensor {
    let type = argument.type
    switch argument.role {
    case .parameter:
      let isScale = type.rank == 1 && argument.name.hasSuffix(".weight")
      let values = uniform(argument.name, type.count, -0.15, 0.15)
      return HostTensor(type, isScale ? values.map { Double(Float($0 + 1)) } : values)
    case .state, .scalar:
      return HostTensor(type, splat: 0)
    case .input:
      switch argument.name {
      case "image": return HostTensor(type, uniform("image", type.count, -2, 2))
      case "noise": return HostTensor(type, uniform("noise", type.count, 0, 1))
      case "labels": return HostTensor(type, labels(type))
      case "attention_mask": return HostTensor(type, labels(type).map { $0 > 0 ? Int64(1) : 0 })
      case "ids": return HostTensor(type, ids(type))
      default: return HostTensor(type, splat: 0)
      }
    }
  }

  /// Two reports; the second ends in three tokens of padding.
  private static func labels(_ type: TensorType) -> [Int64] {
    let tokens = type.shape[1]
    return integers("labels", type.count, 4..<64).enumerated().map { index, token in
      index % tokens == 0 ? 2 : index >= type.count - 3 ? 0 : token
    }
  }

  private static func ids(_ type: TensorType) -> [Int64] {
    let tokens = type.shape[1]
    let hide = integers("hide", type.count, 0..<2)
    return labels(type).enumerated().map { index, token in
      let inside = index % tokens != 0 && index % tokens != tokens - 1
      return inside && token > 0 && hide[index] == 1 ? 3 : token
    }
  }

  /// A dozen elements, a random projection and the largest magnitude.
  static func summary(_ name: String, _ values: [Double]) -> [Double] {
    let picked = (0..<min(12, values.count)).map { values[$0 * values.count / 12] }
    let probe = uniform("probe." + name, values.count, -1, 1)
    return picked + [zip(values, probe).reduce(0) { $0 + $1.0 * $1.1 }, values.map(abs).max()!]
  }
}
