import TensorIR

extension Interpreter {
  static func matmul(_ op: Matmul, _ a: HostTensor, _ b: HostTensor, _ type: TensorType) -> HostTensor {
    let (m, n) = (type.shape[type.rank - 2], type.shape[type.rank - 1])
    let k = op.transposeA ? a.type.shape[a.type.rank - 2] : a.type.shape[a.type.rank - 1]
    let left = op.transposeA ? swapLastAxes(a) : a.reals
    let right = op.transposeB ? swapLastAxes(b) : b.reals
    var result = [Double](repeating: 0, count: type.count)
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        result.withUnsafeMutableBufferPointer { result in
          for batch in 0..<type.count / (m * n) {
            product(
              left.baseAddress! + batch * m * k, right.baseAddress! + batch * k * n,
              result.baseAddress! + batch * m * n,
              m, n, k)
          }
        }
      }
    }
    return HostTensor(type, result)
  }

  /// c += a·b, all row-major; columns in blocks that stay in the cache.
  private static func product(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>, _ m: Int, _ n: Int,
    _ k: Int
  ) {
    let block = 256
    for start in stride(from: 0, to: n, by: block) {
      let width = min(block, n - start)
      for i in 0..<m {
        let row = c + i * n + start
        var l = 0
        while l + 4 <= k {
          let (w, x, y, z) = (a[i * k + l], a[i * k + l + 1], a[i * k + l + 2], a[i * k + l + 3])
          let line = b + l * n + start
          for j in 0..<width {
            row[j] += (w * line[j] + x * line[n &+ j]) + (y * line[2 &* n &+ j] + z * line[3 &* n &+ j])
          }
          l += 4
        }
        while l < k {
          let (w, line) = (a[i * k + l], b + l * n + start)
          for j in 0..<width { row[j] += w * line[j] }
          l += 1
        }
      }
    }
  }

  private static func swapLastAxes(_ x: HostTensor) -> [Double] {
    let rank = x.type.rank
    var (shape, strides) = (x.type.shape, x.type.strides)
    shape.swapAt(rank - 1, rank - 2)
    strides.swapAt(rank - 1, rank - 2)
    return StridedCopy.read(x.reals, shape: shape, strides: strides)
  }
}
