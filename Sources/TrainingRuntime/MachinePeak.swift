import CRuntime
import Support

/// What the machine can do at most with the threads of a pool, measured: the roofline kernels are held against.
public struct MachinePeak: Sendable, Hashable {
  /// Fused multiply-adds from registers, in FLOP/s.
  public var flopsPerSecond: Double
  /// Memory read and written by a triad larger than the caches, in bytes/s.
  public var bytesPerSecond: Double

  public init(flopsPerSecond: Double, bytesPerSecond: Double) {
    self.flopsPerSecond = flopsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// Measures it, in about a third of a second. `bf16`: with bf16 products, where the processor has them.
  public static func measure(_ pool: ThreadPool, bf16: Bool = false) -> MachinePeak {
    MachinePeak(
      flopsPerSecond: mrm_measure_flops(pool.handle, bf16 ? 1 : 0), bytesPerSecond: mrm_measure_bandwidth(pool.handle))
  }

  /// The least time of a kernel: that of its FLOPs or that of its bytes, whichever is longer. Kernels whose data lie in
  /// a cache can be faster than their bytes say.
  public func seconds(flops: Double, bytes: Double) -> Double {
    max(flops / max(flopsPerSecond, 1), bytes / max(bytesPerSecond, 1))
  }

  /// `512.3 GFLOP/s, 39.1 GB/s`.
  public var text: String {
    "\((flopsPerSecond * 1e-9).fixed(1)) GFLOP/s, \((bytesPerSecond * 1e-9).fixed(1)) GB/s"
  }
}
