import CRuntime
import Support

/// Zeroed memory outside the Swift heap, aligned to a page: arenas, parameters, batches.
public final class MemoryBlock: @unchecked Sendable {
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int

  /// `failure` when the system has no such amount.
  public init(bytes: Int) throws(Diagnostic) {
    guard let base = mrm_memory_allocate(bytes) else {
      throw Diagnostic(.failure, "\(byteText(bytes)) of memory are not to be had")
    }
    self.base = base
    byteCount = bytes
  }

  deinit { mrm_memory_free(base, byteCount) }

  /// The offset rounded up to a cache line.
  static func aligned(_ offset: Int) -> Int { (offset + 63) / 64 * 64 }
}

/// Named tensors one after the other in one block.
public final class TensorBlock: @unchecked Sendable {
  public struct Slot: Sendable, Hashable {
    public var name: String
    public var offset: Int
    public var byteCount: Int
  }

  public let block: MemoryBlock
  public let slots: [Slot]
  private let index: [String: Int]

  /// `tensors`: names and sizes in bytes; each starts at a multiple of 64 bytes.
  public init(_ tensors: [(name: String, byteCount: Int)]) throws(Diagnostic) {
    var slots: [Slot] = []
    var end = 0
    for tensor in tensors {
      slots.append(Slot(name: tensor.name, offset: end, byteCount: tensor.byteCount))
      end = MemoryBlock.aligned(end + tensor.byteCount)
    }
    self.slots = slots
    index = Dictionary(uniqueKeysWithValues: slots.enumerated().map { ($1.name, $0) })
    block = try MemoryBlock(bytes: end)
  }

  /// The bytes `tensors` would take.
  static func plannedBytes(_ sizes: [Int]) -> Int { sizes.reduce(0) { MemoryBlock.aligned($0 + $1) } }

  public subscript(name: String) -> UnsafeMutableRawBufferPointer? {
    index[name].map { bytes(slots[$0]) }
  }

  public func bytes(_ slot: Slot) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: block.base + slot.offset, count: slot.byteCount)
  }

  /// The first element of the tensor `name`, which must exist, as `type`.
  public func pointer<Element>(_ name: String, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    self[name]!.baseAddress!.assumingMemoryBound(to: type)
  }
}
