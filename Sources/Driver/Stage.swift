/// The forms a program takes on its way to machine code, in order.
public enum Stage: String, CaseIterable, Sendable {
  /// As the model built it.
  case graph
  /// With the training functions that differentiation gives.
  case grad
  /// After the passes.
  case fused
  /// Kernels over planned memory.
  case buffer
  case llvm
  case asm

  /// The extension of a file that holds it.
  public var fileExtension: String {
    switch self {
    case .graph, .grad, .fused: "tir"
    case .buffer: "bir"
    case .llvm: "ll"
    case .asm: "s"
    }
  }
}
