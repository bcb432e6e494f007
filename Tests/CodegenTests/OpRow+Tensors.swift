import Interpreter
@_exported import JITHarness
import OpHarness
import TensorIR

extension OpRow {
  /// The row's generated inputs as tensors.
  func tensors(for function: Function, seed: UInt64) -> [HostTensor] {
    zip(function.arguments, values(for: function, seed: seed)).map { argument, values in
      switch values {
      case .reals(let elements): HostTensor(argument.type, elements)
      case .integers(let elements): HostTensor(argument.type, elements)
      }
    }
  }
}

/// The largest difference relative to the expected tensor's own largest value; NaN and infinity must agree.
func relativeDifference(_ found: HostTensor, _ expected: HostTensor) -> Double {
  if !expected.type.element.isFloat { return found.integers == expected.integers ? 0 : .infinity }
  let scale = max(1e-30, expected.reals.map { abs($0) }.filter { $0.isFinite }.max() ?? 0)
  var worst = 0.0
  for (a, b) in zip(found.reals, expected.reals) where !(a == b || (a.isNaN && b.isNaN)) {
    worst = max(worst, a.isFinite && b.isFinite ? abs(a - b) / scale : .infinity)
  }
  return worst
}
