import COpenBLAS
import CRuntime
import Glibc

/// The threads that run compiled functions, started once. OpenBLAS is told to use one thread inside each of them.
/// Used by one thread at a time.
public final class ThreadPool {
  package let handle: OpaquePointer
  public let threads: Int

  /// Processors this process may run on.
  public static var processors: Int { Int(mrm_processors()) }

  /// How many threads there may be.
  public static let counts = 1...256

  /// Starts `threads` − 1 workers beside the calling thread. `usage` unless 1 ... 256.
  public init(threads: Int) throws(Diagnostic) {
    guard Self.counts.contains(threads) else {
      throw Diagnostic(.usage, "\(threads) threads: expected 1 to \(Self.counts.upperBound)")
    }
    guard let handle = mrm_pool_create(Int32(threads)) else {
      throw Diagnostic(.failure, "the system refuses to start \(threads) threads")
    }
    openblas_set_num_threads(1)
    self.handle = handle
    self.threads = threads
  }

  deinit { mrm_pool_destroy(handle) }

  /// `failure` where a limit on addresses (`ulimit -v`) leaves OpenBLAS no room for its buffers, which it would ask for
  /// again and again for ever.
  func checkRoomForProducts() throws(Diagnostic) {
    let bytes = threads * Self.productAddressesPerThread
    guard let room = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), room != MAP_FAILED
    else {
      throw Diagnostic(
        .failure, "not enough addresses: \(byteText(bytes)) is needed for products on \(threads) threads",
        notes: ["raise the limit on a process's addresses (ulimit -v), or give fewer --threads"])
    }
    munmap(room, bytes)
  }

  /// What OpenBLAS sets aside at a thread's first product, and fills little of.
  private static let productAddressesPerThread = (128 << 20) + (1 << 16)

  /// Runs `task(0)` … `task(count - 1)` on all threads and returns when all are done.
  public func forEach(_ count: Int, _ task: @escaping @Sendable (Int) -> Void) {
    let region = TaskRegion(count: count, task: task)
    withExtendedLifetime(region) {
      mrm_pool_run(
        handle,
        { context, thread, threads in
          let region = Unmanaged<TaskRegion>.fromOpaque(context!).takeUnretainedValue()
          for index in stride(from: Int(thread), to: region.count, by: Int(threads)) { region.task(index) }
        }, Unmanaged.passUnretained(region).toOpaque())
    }
  }
}
