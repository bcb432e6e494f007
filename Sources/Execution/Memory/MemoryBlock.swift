import CRuntime

/// Zeroed memory outside the Swift heap, aligned to a page: arenas, parameters, batches.
public final class MemoryBlock: @unchecked Sendable {
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int

  /// `failure` when the system has no such amount.
  public init(bytes: Int) throws(Diagnostic) {
    guard let base = mrm_memory_allocate(bytes) else {
      throw Diagnostic(.failure, "not enough memory: \(byteText(bytes)) is needed")
    }
    self.base = base
    byteCount = bytes
  }

  deinit { mrm_memory_free(base, byteCount) }

  /// The offset rounded up to a cache line.
  package static func aligned(_ offset: Int) -> Int { (offset + 63) / 64 * 64 }
}
