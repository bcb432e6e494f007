import LLVMKit

/// How programs become machine code.
public struct CodegenOptions: Sendable {
  /// The CPU the code may assume.
  public var target = Target.host()
  public var optimization = OptimizationLevel.standard
  /// Modules compiled at a time.
  public var threads = 2

  public init() {}
}
