/// Orders numbered things so that each comes after those it waits for; else by ascending priority.
struct TopologicalOrder {
  private var followers: [[Int]]
  private var pending: [Int]

  init(count: Int) {
    followers = Array(repeating: [], count: count)
    pending = Array(repeating: 0, count: count)
  }

  /// `before` comes before `after`.
  mutating func edge(_ before: Int, _ after: Int) {
    followers[before].append(after)
    pending[after] += 1
  }

  /// The order, and what is caught in a cycle.
  func sorted(priority: (Int) -> Int = { $0 }) -> (order: [Int], stuck: [Int]) {
    var pending = pending
    var heap = Heap()
    for index in pending.indices where pending[index] == 0 { heap.push((priority(index), index)) }
    var order: [Int] = []
    while let (_, index) = heap.pop() {
      order.append(index)
      for next in followers[index] {
        pending[next] -= 1
        if pending[next] == 0 { heap.push((priority(next), next)) }
      }
    }
    return (order, pending.indices.filter { pending[$0] > 0 })
  }

  /// A binary min-heap.
  private struct Heap {
    var items: [(Int, Int)] = []

    mutating func push(_ item: (Int, Int)) {
      items.append(item)
      var i = items.count - 1
      while i > 0, items[(i - 1) / 2] > items[i] {
        items.swapAt(i, (i - 1) / 2)
        i = (i - 1) / 2
      }
    }

    mutating func pop() -> (Int, Int)? {
      guard let top = items.first else { return nil }
      let last = items.removeLast()
      if items.isEmpty { return top }
      items[0] = last
      var i = 0
      while true {
        var smallest = i
        for child in [2 * i + 1, 2 * i + 2] where child < items.count && items[child] < items[smallest] {
          smallest = child
        }
        if smallest == i { return top }
        items.swapAt(i, smallest)
        i = smallest
      }
    }
  }
}
