import BufferIR
import LLVMKit

/// Forward: softmax of a tile of scores in scratch, then the product with the values.
struct AttentionForward {
  let base: AttentionEmitter
  var e: Emitter { base.e }
  var kernel: AttentionKernel { base.kernel }

  init(_ base: AttentionEmitter) { self.base = base }

  func emit(_ head: AttentionEmitter.Head, _ tile: AttentionEmitter.Tile) {
    let scratch = base.frame.scratch()
    base.emitScores(head, tile, into: scratch)
    let philox = base.philox(head)
    e.loop(from: e.i64(0), to: tile.rows, unrolling: .never) { local in
      emitRow(head, e.add(tile.first, local), base.row(scratch, local, kernel.pitch), philox)
    }
    base.clearRow(after: tile, of: scratch)
    base.products.emit(
      m: tile.rows, n: kernel.e, k: e.i64(kernel.n), base.factor(scratch),
      base.matrix(head.v, kernel.v), base.matrix(head.out, kernel.out, from: tile.first))
  }

  /// One row: largest score; exponentials and their sum; probabilities.
  private func emitRow(_ head: AttentionEmitter.Head, _ index: Value, _ scores: Value, _ philox: PhiloxEmitter?) {
    base.drawBits(head, philox, index)
    let type = e.f32.vector(base.lanes)
    let highest = base.columns([base.vector(-.infinity)]) { column, mask, values in
      let address = e.gep(e.f32, scores, column)
      var x = e.fmul(e.load(type, address), base.vector(kernel.op.scale))
      if let bias = base.bias(head, index, column, mask) { x = e.fadd(x, bias) }
      e.store(x, address)
      if let mask { x = e.select(mask, x, base.vector(-.infinity)) }
      return [e.fmax(values[0], x)]
    }[0]
    let largest = e.reduceMax(highest)
    let shift = e.splat(largest, base.lanes)
    let sums = base.columns([base.vector(0)]) { column, mask, values in
      let address = e.gep(e.f32, scores, column)
      var weight = base.math.expOfDifference(e.fsub(e.load(type, address), shift))
      if let mask { weight = e.select(mask, weight, base.vector(0)) }
      e.store(weight, address)
      return [e.fadd(values[0], weight)]
    }[0]
    let sum = e.reduceAdd(sums)
    e.store(e.fadd(largest, VectorMath(e).log(sum)), e.gep(e.f32, head.sums, index))
    let keepScale = kernel.op.dropout.map { 1 / (1 - $0.rate) } ?? 1
    let factor = e.splat(e.fdiv(e.f32(keepScale), sum), base.lanes)
    _ = base.columns([]) { column, mask, _ in
      let address = e.gep(e.f32, scores, column)
      var p = e.fmul(e.load(type, address), factor)
      if let kept = base.kept(head, philox, index, column) { p = e.select(kept, p, base.vector(0)) }
      base.storeFactor(base.ended(p, mask), scores, column)
      return []
    }
  }
}
