import Support
import Synchronization
import Testing

@Suite struct ConcurrentMapTests {
  @Test(arguments: [1, 2, 5])
  func resultsComeInTheOrderOfTheItems(threads: Int) throws {
    let calls = Atomic<Int>(0)
    let squares = try concurrentMap(Array(0..<100), threads: threads) { (item) throws(Diagnostic) in
      calls.wrappingAdd(1, ordering: .relaxed)
      return item * item
    }
    #expect(squares == (0..<100).map { $0 * $0 })
    #expect(calls.load(ordering: .relaxed) == 100)
    #expect(try concurrentMap([Int](), threads: threads) { $0 }.isEmpty)
  }

  @Test func theFirstErrorInOrderIsThrown() {
    do {
      _ = try concurrentMap(Array(0..<50), threads: 2) { (item) throws(Diagnostic) in
        if item >= 20 { throw Diagnostic(.usage, "item \(item)") }
        return item
      }
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.message == "item 20")
    }
  }
}
