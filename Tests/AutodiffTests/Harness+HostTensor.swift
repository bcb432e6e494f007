import Interpreter
import OpHarness
import TensorIR

extension OpRow {
  /// The inputs of `function` as the interpreter takes them.
  func tensors(for function: Function, seed: UInt64) -> [HostTensor] {
    zip(function.arguments, values(for: function, seed: seed)).map { argument, values in
      switch values {
      case .reals(let elements): HostTensor(argument.type, elements)
      case .integers(let elements): HostTensor(argument.type, elements)
      }
    }
  }
}
