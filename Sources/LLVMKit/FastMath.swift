internal import CLLVM

/// Liberties LLVM may take with one floating-point instruction. The default everywhere is none: bits are the contract.
public struct FastMath: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Sums may be regrouped.
  public static let reassociate = FastMath(rawValue: UInt32(LLVMFastMathAllowReassoc))
  public static let noNaNs = FastMath(rawValue: UInt32(LLVMFastMathNoNaNs))
  public static let noInfinities = FastMath(rawValue: UInt32(LLVMFastMathNoInfs))
  public static let noSignedZeros = FastMath(rawValue: UInt32(LLVMFastMathNoSignedZeros))
  /// x / y may become x · (1 / y).
  public static let reciprocal = FastMath(rawValue: UInt32(LLVMFastMathAllowReciprocal))
  /// A product and the sum that takes it may become one fused multiply-add.
  public static let contract = FastMath(rawValue: UInt32(LLVMFastMathAllowContract))
}
