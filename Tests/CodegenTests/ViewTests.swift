import BufferIR
import TensorIR
import Testing

/// Strided views: which reshapes and transposes need no copy.
@Suite struct ViewTests {
  let view = View(BufferID(0), TensorType(.f32, [2, 3, 4, 5]))

  @Test func transposeThenMergeOfSeparatedAxesNeedsACopy() {
    let transposed = view.transposed([0, 2, 1, 3])
    #expect(transposed.shape == [2, 4, 3, 5])
    #expect(transposed.strides == [60, 5, 20, 1])
    #expect(transposed.reshaped(to: [2, 12, 5]) == nil)
    #expect(transposed.reshaped(to: [2, 2, 2, 3, 5])?.strides == [60, 10, 5, 20, 1])
  }

  @Test func reshapeAcrossUnitAxes() {
    let reshaped = view.reshaped(to: [2, 1, 12, 5, 1])
    #expect(reshaped?.strides[2] == 5)
    #expect(reshaped?.isContiguous == true)
  }

  @Test func slicesShiftAndStride() {
    let part = view.sliced(Slice(start: [0, 1, 0, 1], limit: [2, 3, 4, 5], step: [1, 1, 2, 2]))
    #expect(part.shape == [2, 2, 2, 2])
    #expect(part.offset == 21)
    #expect(part.strides == [60, 20, 10, 2])
    #expect(!part.isContiguous)
  }

  @Test func broadcastRepeats() {
    let wide = View(BufferID(0), TensorType(.f32, [3, 1])).broadcast(Broadcast(shape: [2, 3, 4], axes: [1, 2]))
    #expect(wide.strides == [0, 1, 0])
  }

  @Test func planPlacesOverlappingBlocksApart() {
    let blocks = [
      ArenaPlan.Block(buffers: [BufferID(0)], byteCount: 100, first: 0, last: 2),
      ArenaPlan.Block(buffers: [BufferID(1)], byteCount: 64, first: 1, last: 3),
      ArenaPlan.Block(buffers: [BufferID(2)], byteCount: 100, first: 3, last: 4),
    ]
    let plan = ArenaPlan(placing: blocks)
    #expect(plan.arenaBytes == 192)
    #expect(plan.lowerBound == 192)
    #expect(plan.blocks[0].offset == plan.blocks[2].offset)
  }
}
