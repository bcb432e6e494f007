import BufferIR
import LLVMKit

/// Backward: probabilities recomputed from the log-sum-exp, tile by tile; dk and dv accumulate over the tiles.
struct AttentionBackward {
  let base: AttentionEmitter
  var e: Emitter { base.e }
  var kernel: AttentionKernel { base.kernel }

  init(_ base: AttentionEmitter) { self.base = base }

  func emit(_ head: AttentionEmitter.Head, _ tile: AttentionEmitter.Tile, isFirst: Value) {
    let scores = e.function.parameter(3)
    let adjoints = e.gep(e.f32, scores, kernel.tileRows * kernel.pitch)
    base.emitScores(head, tile, into: scores)
    let out = GemmMatrix(address: base.row(head.out, tile.first, kernel.out.row), leading: kernel.out.row)
    let p = GemmMatrix(address: scores, leading: kernel.pitch)
    let ds = GemmMatrix(address: adjoints, leading: kernel.pitch)
    base.frame.gemm(
      .f32, m: tile.rows, n: e.i64(kernel.n), k: kernel.e, out,
      GemmMatrix(address: head.v, leading: kernel.v.row, isTransposed: true), ds)
    let philox = base.philox(head)
    e.loop(from: e.i64(0), to: tile.rows, unrolling: .never) { local in
      emitRow(
        head, e.add(tile.first, local), base.row(scores, local, kernel.pitch), base.row(adjoints, local, kernel.pitch),
        philox)
    }
    let q = GemmMatrix(address: base.row(head.q, tile.first, kernel.q.row), leading: kernel.q.row)
    let k = GemmMatrix(address: head.k, leading: kernel.k.row)
    let (dq, dk, dv) = (kernel.adjoints[0], kernel.adjoints[1], kernel.adjoints[2])
    base.frame.gemm(
      .f32, m: tile.rows, n: e.i64(kernel.d), k: kernel.n, ds, k,
      GemmMatrix(address: base.row(head.adjoints[0], tile.first, dq.row), leading: dq.row))
    let beta = e.select(isFirst, e.f32(0), e.f32(1))
    func transposed(_ matrix: GemmMatrix) -> GemmMatrix {
      GemmMatrix(address: matrix.address, leading: matrix.leading, isTransposed: true)
    }
    base.frame.gemm(
      .f32, m: e.i64(kernel.n), n: e.i64(kernel.d), k: tile.rows, transposed(ds), q, beta: beta,
      GemmMatrix(address: head.adjoints[1], leading: dk.row))
    base.frame.gemm(
      .f32, m: e.i64(kernel.n), n: e.i64(kernel.e), k: tile.rows, transposed(p), out, beta: beta,
      GemmMatrix(address: head.adjoints[2], leading: dv.row))
  }

  /// One row: P and dP with their inner product; then dS = scale·P∘(dP − Σ dP∘P) and P after dropout. Between the two, a
  /// dropped probability is kept with its sign turned.
  private func emitRow(
    _ head: AttentionEmitter.Head, _ index: Value, _ scores: Value, _ adjoints: Value, _ philox: PhiloxEmitter?
  ) {
    let type = e.f32.vector(base.lanes)
    let shift = e.splat(e.load(e.f32, e.gep(e.f32, head.sums, index)), base.lanes)
    let keepScale = base.vector(kernel.op.dropout.map { 1 / (1 - $0.rate) } ?? 1)
    let delta = base.columns([base.vector(0)]) { column, mask, values in
      let address = e.gep(e.f32, scores, column)
      let place = e.gep(e.f32, adjoints, column)
      var x = e.load(type, address)
      if let bias = base.bias(head, index, column, mask) { x = e.fadd(x, bias) }
      var p = VectorMath(e).exp(e.fsub(x, shift))
      var dp = e.load(type, place)
      if let mask {
        p = e.select(mask, p, base.vector(0))
        dp = e.select(mask, dp, base.vector(0))
      }
      let sum: Value
      if let kept = base.kept(head, philox, index, column) {
        dp = e.select(kept, e.fmul(dp, keepScale), base.vector(0))
        sum = e.fma(p, dp, values[0])
        p = e.select(kept, p, e.fneg(p))
      } else {
        sum = e.fma(p, dp, values[0])
      }
      e.store(p, address)
      e.store(dp, place)
      return [sum]
    }[0]
    let mean = e.splat(e.reduceAdd(delta), base.lanes)
    let scale = base.vector(kernel.op.scale)
    _ = base.columns([]) { column, _, _ in
      let address = e.gep(e.f32, scores, column)
      let place = e.gep(e.f32, adjoints, column)
      let signed = e.load(type, address)
      let p = e.fabs(signed)
      e.store(e.fmul(e.fmul(p, scale), e.fsub(e.load(type, place), mean)), place)
      if kernel.op.dropout != nil { e.store(e.fmul(e.fmax(signed, base.vector(0)), keepScale), address) }
      return []
    }
  }
}
