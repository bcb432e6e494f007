/// Tasks that the threads of a pool share: `task(0)` … `task(count − 1)`, each once, in no order.
public final class TaskRegion: Sendable {
  public let count: Int
  let task: @Sendable (Int) -> Void

  public init(count: Int, task: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.task = task
  }
}
