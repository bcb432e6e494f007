import LLVMKit

/// Processors whose kernels any x86-64 machine can compare: each form of vectors and tiles, that of AVX-512 and of pairs of
/// bf16 emulated, and what the machine itself has.
public enum TargetNames {
  public static let emulated = "emulated-x86-64-v4-bf16"
  public static let all = ["x86-64-v2", "x86-64-v3", emulated, "native"]
}
