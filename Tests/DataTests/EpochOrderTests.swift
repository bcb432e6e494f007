import Data
import Testing

@Suite("Order of an epoch")
struct EpochOrderTests {
  @Test("an epoch's order is a permutation, the same for the same seed and epoch, another for others")
  func epochOrder() {
    let order = EpochOrder.permutation(count: 257, seed: 1, epoch: 0)
    #expect(order.sorted() == (0..<257).map { Int32($0) })
    #expect(order == EpochOrder.permutation(count: 257, seed: 1, epoch: 0))
    #expect(order != EpochOrder.permutation(count: 257, seed: 1, epoch: 1))
    #expect(order != EpochOrder.permutation(count: 257, seed: 2, epoch: 0))
    #expect(EpochOrder.permutation(count: 1, seed: 1, epoch: 0) == [0])
  }

  @Test("all orders of three records are about equally likely")
  func epochOrderIsUniform() {
    var counts: [[Int32]: Int] = [:]
    for epoch in 0..<1200 { counts[EpochOrder.permutation(count: 3, seed: 5, epoch: epoch), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { (140...260).contains($0) })
  }
}
