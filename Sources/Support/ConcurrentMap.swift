import Glibc
import Synchronization

/// The results of `body` for every item, several at a time: each thread, the calling one among them, takes the next item until
/// none is left. Results come in the order of the items, and of several errors the first in that order is thrown.
public func concurrentMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], threads: Int = 2, _ body: @escaping @Sendable (Item) throws(Diagnostic) -> Result
) throws(Diagnostic) -> [Result] {
  let queue = WorkQueue(items, body)
  var helpers: [pthread_t] = []
  for _ in 1..<max(1, min(threads, items.count)) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(queue as AnyWorkQueue).toOpaque()
    let status = pthread_create(
      &thread, nil,
      {
        Unmanaged<AnyWorkQueue>.fromOpaque($0!).takeRetainedValue().drain()
        return nil
      }, context)
    if status == 0 { helpers.append(thread) } else { Unmanaged<AnyWorkQueue>.fromOpaque(context).release() }
  }
  queue.drain()
  for helper in helpers { pthread_join(helper, nil) }
  return try queue.results()
}

/// What a thread does, whatever the items are: a thread's C function knows no generic parameters.
private class AnyWorkQueue {
  func drain() {}
}

/// Items and a place for the result of each. Every index is taken by one thread, and the results are read after the threads
/// are joined.
private final class WorkQueue<Item: Sendable, Output: Sendable>: AnyWorkQueue, @unchecked Sendable {
  private let items: [Item]
  private let body: @Sendable (Item) throws(Diagnostic) -> Output
  private let next = Atomic<Int>(0)
  private let slots: UnsafeMutableBufferPointer<Result<Output, Diagnostic>?>

  init(_ items: [Item], _ body: @escaping @Sendable (Item) throws(Diagnostic) -> Output) {
    self.items = items
    self.body = body
    slots = .allocate(capacity: items.count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  override func drain() {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= items.count { return }
      do throws(Diagnostic) {
        slots[index] = .success(try body(items[index]))
      } catch {
        slots[index] = .failure(error)
      }
    }
  }

  func results() throws(Diagnostic) -> [Output] {
    var outputs: [Output] = []
    for slot in slots { outputs.append(try slot!.get()) }
    return outputs
  }
}
