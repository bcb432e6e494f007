import CRuntime
import Glibc
import Synchronization
import TestKernels
import Testing

/// What the tasks of a run saw.
private final class Counts: Sendable {
  let total = Atomic<Int>(0)
  let indices = Mutex<[Int32]>([])
}

/// The threads of a pool but for the one that calls it.
private final class Workers: Sendable {
  private let threads = Mutex<[pthread_t]>([])

  var count: Int { threads.withLock { $0.count } }

  /// Processor time they have used together.
  var seconds: Double {
    threads.withLock { threads in
      threads.reduce(0) { sum, thread in
        var clock = clockid_t()
        var time = timespec()
        guard pthread_getcpuclockid(thread, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .nan }
        return sum + Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
      }
    }
  }

  func insert(_ thread: pthread_t) { threads.withLock { $0.append(thread) } }
}

@Suite(.serialized) struct PoolTests {
  /// A function of `calls` launches of `kernels`, one after the other, each with refs 0 and 1 bound to `bindings`.
  private func execute(
    _ kernels: [mrm_kernel], calls: Int, threads: Int32, bindings: [UnsafeMutableRawPointer],
    guards: [mrm_guard] = [], options: UnsafeMutablePointer<mrm_execution>? = nil
  ) -> Int32 {
    let pool = mrm_pool_create(threads)!
    defer { mrm_pool_destroy(pool) }
    let refs = bindings.indices.map { mrm_ref(slot: UInt32(2 + $0), type: 0, offset: 0, bytes: 0) }
    let launches = (0..<calls).map {
      mrm_call(
        kernel: kernels[$0 % kernels.count], name: nil, first_ref: 0, ref_count: UInt32(refs.count), flops: 0, bytes: 0)
    }
    return refs.withUnsafeBufferPointer { refs in
      launches.withUnsafeBufferPointer { launches in
        guards.withUnsafeBufferPointer { guards in
          var function = mrm_function()
          function.input_count = UInt32(bindings.count)
          function.call_count = UInt32(calls)
          function.ref_count = UInt32(refs.count)
          function.guard_count = UInt32(guards.count)
          function.calls = launches.baseAddress
          function.refs = refs.baseAddress
          function.guards = guards.baseAddress
          return mrm_execute(pool, &function, bindings.map { Optional($0) }, nil, options)
        }
      }
    }
  }

  private func memory(_ bytes: Int) -> UnsafeMutableRawPointer { mrm_memory_allocate(bytes)! }

  @Test(arguments: [Int32(1), 2, 3, 8])
  func aBarrierStandsAfterEveryCall(threads: Int32) {
    let rounds = threads <= 2 ? 20_000 : 500
    let counts = memory(64 * 8)
    let sums = memory(64 * 8)
    defer {
      mrm_memory_free(counts, 64 * 8)
      mrm_memory_free(sums, 64 * 8)
    }
    #expect(execute([test_count, test_check], calls: 2 * rounds, threads: threads, bindings: [counts, sums]) == -1)
    for thread in 0..<Int(threads) {
      #expect(sums.load(fromByteOffset: thread * 64, as: Int32.self) == Int32(rounds))
    }
  }

  @Test(arguments: [Int32(1), 2, 3, 8])
  func offersAreClearWhenAKernelBegins(threads: Int32) {
    let rounds = threads <= 2 ? 20_000 : 500
    let (counts, late) = (memory(64 * 8), memory(4))
    defer {
      mrm_memory_free(counts, 64 * 8)
      mrm_memory_free(late, 4)
    }
    for _ in 1...2 {
      #expect(execute([test_offer], calls: rounds + 1, threads: threads, bindings: [counts, late]) == -1)
    }
    for thread in 0..<Int(threads) {
      #expect(counts.load(fromByteOffset: thread * 64, as: Int32.self) == Int32(2 * rounds + 2))
    }
  }

  @Test func waitingForAnOfferIsWaiting() {
    let (counts, late) = (memory(64 * 8), memory(4))
    defer {
      mrm_memory_free(counts, 64 * 8)
      mrm_memory_free(late, 4)
    }
    late.storeBytes(of: 50_000, as: Int32.self)
    let waits = UnsafeMutablePointer<Double>.allocate(capacity: 4)
    waits.initialize(repeating: 0, count: 4)
    defer { waits.deallocate() }
    var options = mrm_execution()
    options.call_waits = waits
    #expect(execute([test_offer], calls: 2, threads: 2, bindings: [counts, late], options: &options) == -1)
    for call in 0..<2 {
      #expect(waits[2 + call] >= 0.04 && waits[2 + call] < 10, "thread 1 waited \(waits[2 + call]) s")
      #expect(waits[call] < waits[2 + call], "thread 0 waited \(waits[call]) s")
    }
  }

  @Test func workersWakeAfterTheySlept() {
    let pool = mrm_pool_create(2)!
    defer { mrm_pool_destroy(pool) }
    let counts = Counts()
    for pause in [0, 0, 5000, 20_000, 0, 5000] as [UInt32] {
      usleep(pause)
      mrm_pool_run(
        pool,
        { context, _, _ in
          Unmanaged<Counts>.fromOpaque(context!).takeUnretainedValue().total.add(1, ordering: .relaxed)
        }, Unmanaged.passUnretained(counts).toOpaque())
    }
    #expect(counts.total.load(ordering: .relaxed) == 12)
  }

  /// The processor time of the workers alone: what else this process does meanwhile is not theirs.
  @Test func anIdlePoolUsesNoProcessor() {
    let pool = mrm_pool_create(4)!
    defer { mrm_pool_destroy(pool) }
    let workers = Workers()
    mrm_pool_run(
      pool,
      { context, thread, _ in
        guard thread > 0 else { return }
        Unmanaged<Workers>.fromOpaque(context!).takeUnretainedValue().insert(pthread_self())
      }, Unmanaged.passUnretained(workers).toOpaque())
    #expect(workers.count == 3)
    // They spin for a while after a region; on a busy machine the time until they sleep is long.
    var used = Double.infinity
    for _ in 0..<100 where used > 0.01 {
      let before = workers.seconds
      usleep(100_000)
      used = workers.seconds - before
    }
    #expect(used <= 0.01)
  }

  @Test(arguments: [Int32(1), 2, 4])
  func aGuardStopsBeforeItsCall(threads: Int32) {
    let value = memory(4096)
    defer { mrm_memory_free(value, 4096) }
    func guarded(_ call: UInt32, _ type: Int = MRM_F32) -> mrm_guard {
      mrm_guard(
        before_call: call, reserved: 0, value: mrm_ref(slot: 2, type: UInt32(type), offset: 0, bytes: 0), name: nil)
    }
    #expect(execute([test_increment], calls: 5, threads: threads, bindings: [value], guards: [guarded(3)]) == -1)
    #expect(value.load(as: Float.self) == 5)
    value.storeBytes(of: .infinity, as: Float.self)
    #expect(
      execute([test_increment], calls: 5, threads: threads, bindings: [value], guards: [guarded(5), guarded(2)]) == 1)
    // 3.4e38 overflows within a few doublings of nothing: one more is not enough, so the guard before call 4 holds.
    value.storeBytes(of: .nan, as: Float.self)
    #expect(execute([test_increment], calls: 5, threads: threads, bindings: [value], guards: [guarded(5)]) == 0)
    #expect(execute([test_increment], calls: 5, threads: threads, bindings: [value], guards: [guarded(0)]) == 0)
    // Of every type its own bits: the same memory is a number as one and none as another.
    for (bits, finite, not) in [
      (0x7FF0_0000_0000_0000 as UInt64, MRM_F32, MRM_F64), (0x3FF0_0000_7F80_0000, MRM_F64, MRM_F32),
      (0x3F80_7F80, MRM_F32, MRM_BF16), (UInt64.max, MRM_OTHER, MRM_F64),
    ] {
      value.storeBytes(of: bits, as: UInt64.self)
      for (type, result) in [(finite, Int32(-1)), (not, 0)] {
        #expect(execute([], calls: 0, threads: threads, bindings: [value], guards: [guarded(0, type)]) == result)
      }
    }
  }

  @Test(arguments: [(Int32(1), Int32(7)), (2, 7), (2, 1), (3, 100), (2, 0)])
  func everyTaskRunsOnce(threads: Int32, tasks: Int32) {
    let value = memory(4096)
    defer { mrm_memory_free(value, 4096) }
    let counts = Counts()
    var options = mrm_execution()
    options.task_context = Unmanaged.passUnretained(counts).toOpaque()
    options.task_count = tasks
    options.task = { context, index in
      Unmanaged<Counts>.fromOpaque(context!).takeUnretainedValue().indices.withLock { $0.append(index) }
    }
    #expect(execute([test_increment], calls: 9, threads: threads, bindings: [value], options: &options) == -1)
    #expect(counts.indices.withLock { $0.sorted() } == Array(0..<tasks))
    counts.indices.withLock { $0 = [] }
    value.storeBytes(of: .nan, as: Float.self)
    let stop = mrm_guard(before_call: 1, reserved: 0, value: mrm_ref(slot: 2, type: 0, offset: 0, bytes: 0), name: nil)
    #expect(
      execute([test_increment], calls: 9, threads: threads, bindings: [value], guards: [stop], options: &options) == 0)
    #expect(counts.indices.withLock { $0.sorted() } == Array(0..<tasks))
  }

  @Test func cancellingAndTiming() {
    let value = memory(4096)
    defer { mrm_memory_free(value, 4096) }
    var cancel: Int32 = 1
    var seconds = [Double](repeating: 0, count: 6)
    var starts = [Double](repeating: -1, count: 6)
    var options = mrm_execution()
    withUnsafePointer(to: &cancel) { cancel in
      options.cancel = cancel
      #expect(execute([test_increment], calls: 6, threads: 2, bindings: [value], options: &options) == -2)
    }
    #expect(value.load(as: Float.self) == 0)
    options.cancel = nil
    seconds.withUnsafeMutableBufferPointer { seconds in
      starts.withUnsafeMutableBufferPointer { starts in
        options.call_seconds = seconds.baseAddress
        options.call_start = starts.baseAddress
        #expect(execute([test_increment], calls: 6, threads: 2, bindings: [value], options: &options) == -1)
      }
    }
    #expect(value.load(as: Float.self) == 6)
    #expect(seconds.allSatisfy { $0 > 0 } && starts == starts.sorted() && starts[0] >= 0)
  }

  @Test func malformedTablesAreRefused() {
    let value = memory(4096)
    defer { mrm_memory_free(value, 4096) }
    let pool = mrm_pool_create(1)!
    defer { mrm_pool_destroy(pool) }
    let refs = [mrm_ref(slot: 9, type: 0, offset: 0, bytes: 0)]
    refs.withUnsafeBufferPointer { refs in
      var function = mrm_function()
      function.ref_count = 1
      function.refs = refs.baseAddress
      #expect(mrm_bind(pool, &function, [value], nil) == nil)
    }
    #expect(mrm_pool_create(0) == nil)
    #expect(mrm_pool_create(257) == nil)
  }

  @Test func theHighWaterMarkIsTheLastByteWritten() {
    for bytes in [4096, 3 << 20] {
      let block = memory(bytes)
      defer { mrm_memory_free(block, bytes) }
      #expect(UInt(bitPattern: block) % 4096 == 0)
      #expect(block.load(fromByteOffset: bytes - 8, as: UInt64.self) == 0)
      mrm_memory_mark(block, bytes)
      #expect(mrm_memory_high_water(block, bytes) == 0)
      block.storeBytes(of: 0, toByteOffset: 1000, as: UInt64.self)
      #expect(mrm_memory_high_water(block, bytes) == 1008)
    }
  }

  @Test func scratchGrowsAndIsEachThreadsOwn() {
    let pool = mrm_pool_create(3)!
    defer { mrm_pool_destroy(pool) }
    #expect(mrm_pool_scratch_bytes(pool) == 0)
    #expect(mrm_pool_reserve_scratch(pool, 100) == 1)
    #expect(mrm_pool_reserve_scratch(pool, 50_000) == 1)
    #expect(mrm_pool_scratch_bytes(pool) == 3 * 53_248)
    let team = mrm_pool_team(pool, 0)
    #expect(mrm_scratch(team, 2)! - mrm_scratch(team, 1)! == 53_248)
  }
}
