/// Where each temporary buffer lies in the arena.
public struct ArenaPlan: Hashable, Sendable {
  /// The stay of one piece of memory, which one or several buffers use in turn (in-place updates).
  public struct Block: Hashable, Sendable {
    public var buffers: [BufferID]
    public var offset: Int
    public var byteCount: Int
    /// The first and the last call that touch it.
    public var first: Int
    public var last: Int

    public init(buffers: [BufferID], offset: Int = 0, byteCount: Int, first: Int, last: Int) {
      self.buffers = buffers
      self.offset = offset
      self.byteCount = byteCount
      self.first = first
      self.last = last
    }
  }
  public var blocks: [Block] = []
  /// Bytes of the arena: the highest end of a block, a multiple of 64.
  public var arenaBytes = 0
  /// The largest sum of live bytes at any call: no plan can be smaller.
  public var lowerBound = 0

  static let alignment = 64
  static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }

  /// Places blocks largest first, each into the tightest gap between those whose stay overlaps its own.
  public init(placing blocks: [Block]) {
    self.blocks = blocks
    let order = blocks.indices.sorted { (blocks[$0].byteCount, $1) > (blocks[$1].byteCount, $0) }
    var placed: [Int] = []  // by ascending offset
    for index in order {
      let block = blocks[index]
      let size = Self.aligned(block.byteCount)
      var best: (offset: Int, waste: Int)?
      var end = 0
      for other in placed {
        let neighbour = self.blocks[other]
        if neighbour.last < block.first || neighbour.first > block.last { continue }
        let gap = neighbour.offset - end
        if gap >= size, best == nil || gap - size < best!.waste { best = (end, gap - size) }
        end = max(end, neighbour.offset + Self.aligned(neighbour.byteCount))
      }
      let offset = best?.offset ?? end
      self.blocks[index].offset = offset
      arenaBytes = max(arenaBytes, offset + size)
      var position = placed.count
      var (low, high) = (0, placed.count)
      while low < high {
        let middle = (low + high) / 2
        if self.blocks[placed[middle]].offset <= offset { low = middle + 1 } else { high = middle }
      }
      position = low
      placed.insert(index, at: position)
    }
    var change: [Int: Int] = [:]
    for block in blocks {
      change[block.first, default: 0] += Self.aligned(block.byteCount)
      change[block.last + 1, default: 0] -= Self.aligned(block.byteCount)
    }
    var live = 0
    for call in change.keys.sorted() {
      live += change[call]!
      lowerBound = max(lowerBound, live)
    }
  }

  /// No temporary memory.
  public init() {}
}
