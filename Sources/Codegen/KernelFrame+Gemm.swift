import LLVMKit
import TensorIR

/// A matrix of a call: its address, the stride between rows, and whether it is read transposed.
struct GemmMatrix {
  var address: Value
  var leading: Int
  var isTransposed = false
  /// bf16 only where pairs of it are multiplied.
  var element = ElementType.f32
}

extension KernelFrame {
  /// CBLAS's own numbers for row-major order, plain and transposed operands.
  private static let rowMajor = 101
  private static let plain = 111
  private static let transposed = 112

  /// C = alpha·A·B + beta·C in one call of OpenBLAS. `m` and `n` are `i64` values, or constants.
  func gemm(
    _ element: ElementType, m: Value, n: Value, k: Int, alpha: Double = 1, _ a: GemmMatrix, _ b: GemmMatrix,
    beta: Value? = nil,
    _ c: GemmMatrix
  ) {
    let e = emitter
    gemm(element, m: m, n: n, k: e.i64(k), alpha: alpha, a, b, beta: beta, c)
  }

  /// The same where K is a value too.
  func gemm(
    _ element: ElementType, m: Value, n: Value, k: Value, alpha: Double = 1, _ a: GemmMatrix, _ b: GemmMatrix,
    beta: Value? = nil, _ c: GemmMatrix
  ) {
    let e = emitter
    let scalar = memoryType(element)
    let routine = e.module.declare(
      element == .f32 ? "cblas_sgemm" : "cblas_dgemm",
      params: [e.i32, e.i32, e.i32, e.i32, e.i32, e.i32, scalar, e.ptr, e.i32, e.ptr, e.i32, scalar, e.ptr, e.i32],
      result: e.module.void)
    func kind(_ matrix: GemmMatrix) -> Value { e.i32(matrix.isTransposed ? Self.transposed : Self.plain) }
    _ = e.call(
      routine,
      [
        e.i32(Self.rowMajor), kind(a), kind(b), e.trunc(m, to: e.i32), e.trunc(n, to: e.i32), e.trunc(k, to: e.i32),
        e.constant(scalar, alpha), a.address, e.i32(a.leading), b.address, e.i32(b.leading),
        beta ?? e.constant(scalar, 0.0), c.address, e.i32(c.leading),
      ])
  }
}
