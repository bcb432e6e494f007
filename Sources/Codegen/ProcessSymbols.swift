import COpenBLAS
import LLVMKit
import Support

/// The functions of the process that kernels call.
public enum ProcessSymbols {
  /// Makes them known to a JIT; call it once, before code that needs them is loaded. OpenBLAS is told to use one thread,
  /// since kernels divide their work themselves.
  public static func define(in jit: JIT) throws(Diagnostic) {
    openblas_set_num_threads(1)
    let single:
      @convention(c) (
        CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Float,
        UnsafePointer<Float>?, blasint, UnsafePointer<Float>?, blasint, Float, UnsafeMutablePointer<Float>?, blasint
      ) -> Void = cblas_sgemm
    let double:
      @convention(c) (
        CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Double,
        UnsafePointer<Double>?, blasint, UnsafePointer<Double>?, blasint, Double, UnsafeMutablePointer<Double>?, blasint
      ) -> Void = cblas_dgemm
    try jit.define("cblas_sgemm", unsafeBitCast(single, to: UnsafeRawPointer.self))
    try jit.define("cblas_dgemm", unsafeBitCast(double, to: UnsafeRawPointer.self))
  }
}
