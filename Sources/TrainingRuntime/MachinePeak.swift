import CRuntime
import Support

/// What the machine can do at most with the threads of a pool, measured: the roofline kernels are held against.
public struct MachinePeak: Sendable, Hashable {
  /// Fused multiply-adds from registers in the best few milliseconds, in FLOP/s.
  public var flopsPerSecond: Double
  /// The same over a second. Where it is less, the machine has other work to do, or its clock falls.
  public var sustainedFlopsPerSecond: Double
  /// Memory read and written by a triad larger than the caches, in bytes/s.
  public var bytesPerSecond: Double

  /// Without a `sustainedFlopsPerSecond` of its own, what is reached once is reached always.
  public init(flopsPerSecond: Double, sustainedFlopsPerSecond: Double? = nil, bytesPerSecond: Double) {
    self.flopsPerSecond = flopsPerSecond
    self.sustainedFlopsPerSecond = sustainedFlopsPerSecond ?? flopsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// Measures it, in less than a second and a half. `bf16`: with bf16 products, where the processor has them.
  public static func measure(_ pool: ThreadPool, bf16: Bool = false) -> MachinePeak {
    let bf16: Int32 = bf16 ? 1 : 0
    return MachinePeak(
      flopsPerSecond: mrm_measure_flops(pool.handle, bf16),
      sustainedFlopsPerSecond: mrm_measure_sustained_flops(pool.handle, bf16, 1),
      bytesPerSecond: mrm_measure_bandwidth(pool.handle))
  }

  /// The least time of a kernel: that of its FLOPs or that of its bytes, whichever is longer. Kernels whose data lie in
  /// a cache can be faster than their bytes say.
  public func seconds(flops: Double, bytes: Double) -> Double {
    max(flops / max(flopsPerSecond, 1), bytes / max(bytesPerSecond, 1))
  }

  /// `512.3 GFLOP/s (508.0 over a second), 39.1 GB/s`.
  public var text: String {
    "\((flopsPerSecond * 1e-9).fixed(1)) GFLOP/s (\((sustainedFlopsPerSecond * 1e-9).fixed(1)) over a second), "
      + "\((bytesPerSecond * 1e-9).fixed(1)) GB/s"
  }
}
