import LLVMKit

/// How programs become machine code.
public struct CodegenOptions: Sendable {
  /// The CPU the code may assume.
  public var target = Target.host()
  public var optimization = OptimizationLevel.standard
  /// Whether kernels that differ in sizes alone are one function that takes them.
  public var sharesSizes = true
  /// Modules compiled at a time.
  public var threads = 2

  public init() {}
}
