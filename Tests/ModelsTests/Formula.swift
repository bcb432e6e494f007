import Glibc
import Interpreter
import Models

/// The inputs that `make_samples.py` computes too.
enum Formula {
  static func inputs(_ function: Function) -> [HostTensor] { function.arguments.map(tensor) }

  private static func tensor(_ argument: Argument) -> HostTensor {
    let type = argument.type
    switch argument.name {
    case "seed": return HostTensor(type, [Int64(0)])
    case "noise": return HostTensor(type, (0..<type.count).map { Double($0 * 7919 % 104729) / 104729 })
    case "ids": return HostTensor(type, tokens(type, masked: true))
    case "labels": return HostTensor(type, tokens(type, masked: false))
    case "attention_mask": return HostTensor(type, (0..<type.count).map { isToken($0, type) ? Int64(1) : 0 })
    default:
      let start = Double(argument.name.utf8.reduce(0) { $0 + Int($1) } % 997)
      let scale = argument.name == "image" ? 1.0 : 0.1
      let offset = type.rank == 1 && argument.name.hasSuffix(".weight") ? 1.0 : 0
      return HostTensor(type, (0..<type.count).map { offset + scale * sin(0.37 * Double($0) + start) })
    }
  }

  /// The last three positions of the second record are padding.
  private static func isToken(_ index: Int, _ type: TensorType) -> Bool {
    index / type.shape[1] != 1 || index % type.shape[1] < type.shape[1] - 3
  }

  private static func tokens(_ type: TensorType, masked: Bool) -> [Int64] {
    (0..<type.count).map { index in
      if !isToken(index, type) { return 0 }
      return masked && index % 3 == 1 ? 3 : Int64(4 + index * 31 % 60)
    }
  }
}
