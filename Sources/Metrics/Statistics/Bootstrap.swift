import Support

/// Bootstrap samples (Efron, 1979): as many records as there are, drawn with replacement. Sample i of a seed is the same
/// whichever thread draws it.
public enum Bootstrap {
  /// The usual number of samples.
  public static let standardReplicates = 1000

  /// How often each of the records 0 ..< `records` is drawn in one sample; the sum is `records`.
  public static func counts(records: Int, seed: UInt64, replicate: Int) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: records)
    var stream = RandomStream(seed: seed, purpose: .bootstrap, epoch: 0, index: replicate)
    for _ in 0..<records { counts[stream.nextInt(below: records)] += 1 }
    return counts
  }

  /// What `body` gives for each sample's counts, in order, `threads` at a time.
  public static func samples<Result: Sendable>(
    records: Int, replicates: Int, seed: UInt64, threads: Int = 1,
    _ body: @escaping @Sendable (UnsafeBufferPointer<UInt32>) -> Result
  ) -> [Result] {
    let run: @Sendable (Int) throws(Diagnostic) -> Result = { replicate in
      counts(records: records, seed: seed, replicate: replicate).withUnsafeBufferPointer(body)
    }
    do throws(Diagnostic) {
      return try concurrentMap(Array(0..<max(0, replicates)), threads: threads, run)
    } catch {
      preconditionFailure("counting does not fail: \(error)")
    }
  }
}
