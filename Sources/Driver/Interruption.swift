import Glibc
import Synchronization

/// SIGINT and SIGTERM while temporary files lie about or another program is waited for: they end that program, then this
/// one by an error, so that nothing is left behind. A third signal ends this process at once.
enum Interruption {
  private typealias Handler = @convention(c) (CInt) -> Void

  /// The first signal that came; 0: none did.
  private static let noted = Atomic<CInt>(0)
  /// The program that is waited for; 0: none.
  private static let child = Atomic<pid_t>(0)
  private static let watchers = Atomic<Int>(0)

  /// Does `body` with the signals noted; throws `interrupted` or `terminated` at its end if one came.
  static func watched<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    if watchers.add(1, ordering: .relaxed).oldValue == 0 { handle { Interruption.note($0) } }
    defer {
      let isLast = watchers.subtract(1, ordering: .relaxed).newValue == 0
      // After a signal the error is still on its way: a second one must not overtake it.
      if isLast && noted.load(ordering: .relaxed) == 0 { handle(nil) }
    }
    let result = try body()
    try check()
    return result
  }

  /// Throws if a signal came.
  static func check() throws(Diagnostic) {
    let signal = noted.load(ordering: .relaxed)
    if signal == SIGINT { throw Diagnostic(.interrupted, "stopped by SIGINT") }
    if signal == SIGTERM { throw Diagnostic(.terminated, "stopped by SIGTERM") }
  }

  /// Waits for a program to end; a signal ends it. Returns what `waitpid` says of it.
  static func wait(for process: pid_t, _ body: () -> Void) -> CInt {
    child.store(process, ordering: .sequentiallyConsistent)
    // It may have come before there was anything to end.
    if noted.load(ordering: .sequentiallyConsistent) != 0 { kill(process, SIGTERM) }
    body()
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    child.store(0, ordering: .relaxed)
    return status
  }

  /// Runs as a signal handler. A training program takes SIGTERM for a checkpoint, and a second SIGINT, which a terminal
  /// sends it too, for an end at once: so it is given SIGTERM for both.
  private static func note(_ number: CInt) {
    guard noted.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent).exchanged else {
      signal(number, nil)
      return
    }
    let process = child.load(ordering: .sequentiallyConsistent)
    if process > 0 { kill(process, SIGTERM) }
  }

  /// Handles both signals so, or by default; one that a parent has ignored stays so.
  private static func handle(_ handler: Handler?) {
    for number in [SIGINT, SIGTERM] {
      let earlier = signal(number, handler)
      if unsafeBitCast(earlier, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(number, earlier) }
    }
  }
}
