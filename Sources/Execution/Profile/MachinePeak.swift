import CRuntime

/// What the machine can do at most with the threads of a pool, measured: the roofline kernels are held against.
public struct MachinePeak: Sendable, Hashable {
  /// Fused multiply-adds from registers in the best few milliseconds, in FLOP/s.
  public var flopsPerSecond: Double
  /// The same over a second, where that was measured. Where it is less, the machine has other work to do, or its clock falls.
  public var sustainedFlopsPerSecond: Double?
  /// Memory read and written by a triad larger than the caches, in bytes/s.
  public var bytesPerSecond: Double

  public init(flopsPerSecond: Double, sustainedFlopsPerSecond: Double? = nil, bytesPerSecond: Double) {
    self.flopsPerSecond = flopsPerSecond
    self.sustainedFlopsPerSecond = sustainedFlopsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// Measures it, in half a second and, `sustained`, another one. `bf16`: with bf16 products, where the processor has them.
  public static func measure(_ pool: ThreadPool, bf16: Bool = false, sustained: Bool = false) -> MachinePeak {
    let bf16: Int32 = bf16 ? 1 : 0
    return MachinePeak(
      flopsPerSecond: mrm_measure_flops(pool.handle, bf16),
      sustainedFlopsPerSecond: sustained ? mrm_measure_sustained_flops(pool.handle, bf16, 1) : nil,
      bytesPerSecond: mrm_measure_bandwidth(pool.handle))
  }

  /// The least time of a kernel: that of its FLOPs or that of its bytes, whichever is longer. Kernels whose data lie in
  /// a cache can be faster than their bytes say.
  public func seconds(flops: Double, bytes: Double) -> Double {
    max(flops / max(flopsPerSecond, 1), bytes / max(bytesPerSecond, 1))
  }

  /// `512.3 GFLOP/s (508.0 over a second), 39.1 GB/s`; what was not measured is left out.
  public var text: String {
    let sustained = sustainedFlopsPerSecond.map { " (\(($0 * 1e-9).fixed(1)) over a second)" } ?? ""
    return "\((flopsPerSecond * 1e-9).fixed(1)) GFLOP/s\(sustained), \((bytesPerSecond * 1e-9).fixed(1)) GB/s"
  }
}
