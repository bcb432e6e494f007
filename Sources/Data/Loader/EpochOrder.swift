/// Seeded orders of the records.
public enum EpochOrder {
  /// The record at each position (Fisher–Yates): a permutation that depends on (seed, epoch, purpose) only.
  public static func permutation(
    count: Int, seed: UInt64, epoch: Int, purpose: RandomPurpose = .order
  ) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    var stream = RandomStream(seed: seed, purpose: purpose, epoch: epoch, index: 0)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, stream.nextInt(below: last + 1))
    }
    return order
  }
}
