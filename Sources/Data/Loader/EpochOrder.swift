import Support

/// The order in which an epoch visits the records: a permutation that depends on (seed, epoch) only.
public enum EpochOrder {
  /// The record visited at each position (Fisher–Yates).
  public static func permutation(count: Int, seed: UInt64, epoch: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    var stream = RandomStream(seed: seed, purpose: .order, epoch: epoch, index: 0)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, stream.nextInt(below: last + 1))
    }
    return order
  }
}
