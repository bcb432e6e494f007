import BufferIR
import LLVMKit

/// Backward: probabilities recomputed from the log-sum-exp, tile by tile; dk and dv accumulate over the tiles.
struct AttentionBackward {
  let base: AttentionEmitter
  var e: Emitter { base.e }
  var kernel: AttentionKernel { base.kernel }

  init(_ base: AttentionEmitter) { self.base = base }

  func emit(_ head: AttentionEmitter.Head, _ tile: AttentionEmitter.Tile, isFirst: Value) {
    let scores = base.frame.scratch()
    let adjoints = e.gep(e.f32, scores, kernel.adjointsOffset)
    base.emitScores(head, tile, into: scores)
    let out = base.matrix(head.out, kernel.out, from: tile.first)
    base.products.emit(
      m: tile.rows, n: kernel.n, k: e.i64(kernel.e), out,
      base.matrix(head.v, kernel.v, isTransposed: true), GemmMatrix(address: adjoints, leading: kernel.pitch))
    let philox = base.philox(head)
    e.loop(from: e.i64(0), to: tile.rows, unrolling: .never) { local in
      emitRow(
        head, e.add(tile.first, local), base.row(scores, local, kernel.pitch), base.row(adjoints, local, kernel.pitch),
        philox)
    }
    base.clearRow(after: tile, of: scores)
    base.clearRow(after: tile, of: adjoints)
    let (p, ds) = (base.factor(scores), base.factor(adjoints))
    let q = base.matrix(head.q, kernel.q, from: tile.first)
    let k = base.matrix(head.k, kernel.k)
    let (dq, dk, dv) = (kernel.adjoints[0], kernel.adjoints[1], kernel.adjoints[2])
    base.products.emit(
      m: tile.rows, n: kernel.d, k: e.i64(kernel.n), ds, k,
      base.matrix(head.adjoints[0], dq, from: tile.first))
    let adds = e.xor(isFirst, e.bool(true))
    func transposed(_ matrix: GemmMatrix) -> GemmMatrix {
      GemmMatrix(address: matrix.address, leading: matrix.leading, isTransposed: true, element: matrix.element)
    }
    base.products.emit(
      m: e.i64(kernel.n), n: kernel.d, k: tile.rows, adds: adds, transposed(ds), q,
      base.matrix(head.adjoints[1], dk))
    base.products.emit(
      m: e.i64(kernel.n), n: kernel.e, k: tile.rows, adds: adds, transposed(p), out,
      base.matrix(head.adjoints[2], dv))
  }

  /// One row: exponentials and dP with their sums; then dS = scale·P∘(dP − Σ dP∘P) and P after dropout. The probabilities
  /// are divided by their own sum: that of large scores would lose what the rounded log-sum-exp has lost. Between the two,
  /// a dropped one is kept with its sign turned.
  private func emitRow(
    _ head: AttentionEmitter.Head, _ index: Value, _ scores: Value, _ adjoints: Value, _ philox: PhiloxEmitter?
  ) {
    base.drawBits(head, philox, index)
    let type = e.f32.vector(base.lanes)
    let shift = e.splat(e.load(e.f32, e.gep(e.f32, head.sums, index)), base.lanes)
    let keepScale = base.vector(kernel.op.dropout.map { 1 / (1 - $0.rate) } ?? 1)
    let scale = base.vector(kernel.op.scale)
    let sums = base.columns([base.vector(0), base.vector(0)]) { column, mask, values in
      let address = e.gep(e.f32, scores, column)
      let place = e.gep(e.f32, adjoints, column)
      var x = e.fmul(e.load(type, address), scale)
      if let bias = base.bias(head, index, column, mask) { x = e.fadd(x, bias) }
      var p = base.ended(base.math.expOfDifference(e.fsub(x, shift)), mask)
      var dp = base.ended(e.load(type, place), mask)
      let total = e.fadd(values[0], p)
      if let kept = base.kept(head, philox, index, column) {
        dp = e.select(kept, e.fmul(dp, keepScale), base.vector(0))
        let sum = e.fma(p, dp, values[1])
        p = e.select(kept, p, e.fneg(p))
        e.store(p, address)
        e.store(dp, place)
        return [total, sum]
      }
      e.store(p, address)
      e.store(dp, place)
      return [total, e.fma(p, dp, values[1])]
    }
    let inverse = e.fdiv(e.f32(1), e.reduceAdd(sums[0]))
    let mean = e.splat(e.fmul(e.reduceAdd(sums[1]), inverse), base.lanes)
    let factor = e.splat(inverse, base.lanes)
    _ = base.columns([]) { column, _, _ in
      let address = e.gep(e.f32, scores, column)
      let place = e.gep(e.f32, adjoints, column)
      let signed = e.fmul(e.load(type, address), factor)
      let p = e.fabs(signed)
      base.storeFactor(e.fmul(e.fmul(p, scale), e.fsub(e.load(type, place), mean)), adjoints, column)
      let used = kernel.op.dropout == nil ? signed : e.fmul(e.fmax(signed, base.vector(0)), keepScale)
      base.storeFactor(used, scores, column)
      return []
    }
  }
}
