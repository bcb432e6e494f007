import CrashGuard
import Support
import TensorIR

/// Runs code in a child process, so that a crash of the compiler or of what it compiled is a finding too.
enum GuardedRun {
  /// The result of `body`, or 128 and more if it crashed.
  static func run(_ body: () -> Int32) -> Int32 {
    withoutActuallyEscaping(body) { body in
      final class Box {
        let body: () -> Int32
        init(_ body: @escaping () -> Int32) { self.body = body }
      }
      let box = Box(body)
      return withExtendedLifetime(box) {
        crash_guard_run(
          { Unmanaged<Box>.fromOpaque($0!).takeUnretainedValue().body() }, Unmanaged.passUnretained(box).toOpaque())
      }
    }
  }
}

extension FuzzRun {
  /// The same as `run`, in child processes: after a crash the function is found and shrunk, and the run goes on. Calls
  /// `found` with each finding, and `finished` with the counts of each child, in the child. Returns how many there were.
  public func runGuarded(
    first: UInt64, count: Int, found: (Finding) -> Void, finished: (FuzzRun) -> Void
  ) throws(Diagnostic) -> Int {
    guard let reached = crash_guard_shared() else { throw Diagnostic(.failure, "no memory to share with a child") }
    let end = first + UInt64(count)
    var next = first
    var total = 0
    while next < end {
      reached.pointee = next
      let status = GuardedRun.run {
        var run = self
        let progress = run.progress
        run.progress = { seed in
          reached.pointee = seed
          progress(seed)
        }
        do {
          let findings = try run.run(first: next, count: Int(end - next))
          findings.forEach(found)
          finished(run)
          return Int32(findings.count)
        } catch {
          StandardStream.error.line("\(error)")
          return 1
        }
      }
      if status < 128 { return total + Int(status) }
      next = min(reached.pointee + UInt64(batch), end)
      for seed in reached.pointee..<next {
        for finding in try crashes(seed, status - 128) {
          found(finding)
          total += 1
        }
      }
    }
    return total
  }

  /// The functions of one seed that crash, as small as they become.
  private func crashes(_ seed: UInt64, _ signal: Int32) throws(Diagnostic) -> [Finding] {
    for function in try Self.functions(seed) {
      for variant in [GraphVariant.level(0)] + Self.variants(seed / UInt64(batch) * UInt64(batch)) + [
        .level(2), .level(3),
      ] {
        let check = GraphCheck([variant])
        func crashes(_ candidate: Function) -> Bool {
          GuardedRun.run { check.fails(candidate, seed: 1) ? 1 : 0 } >= 128
        }
        if crashes(function) {
          return [Self.finding(seed, "\(variant): signal \(signal)", Shrinker.shrink(function, while: crashes))]
        }
      }
    }
    return []
  }
}
