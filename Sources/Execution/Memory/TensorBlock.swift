/// Named tensors one after the other in one block.
public final class TensorBlock: @unchecked Sendable {
  /// The place of a tensor in the block.
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

  /// The bytes that tensors of these sizes take in a block.
  package static func plannedBytes(_ sizes: [Int]) -> Int { sizes.reduce(0) { MemoryBlock.aligned($0 + $1) } }

  /// The bytes of the tensor of that name; nil where there is none.
  public subscript(name: String) -> UnsafeMutableRawBufferPointer? {
    index[name].map { bytes(slots[$0]) }
  }

  /// The bytes of a tensor of this block.
  public func bytes(_ slot: Slot) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: block.base + slot.offset, count: slot.byteCount)
  }

  /// The first element of the tensor `name`, which must exist, as `type`.
  public func pointer<Element>(_ name: String, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    self[name]!.baseAddress!.assumingMemoryBound(to: type)
  }
}
