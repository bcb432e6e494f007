import LLVMKit

/// A thread's part of a kernel that others finish with it: units, one after the other, each of pieces that may be computed in
/// any order by whoever takes them. The owner goes through the units; a thread that is done with its own part takes pieces of
/// the unit that is open (`mrm_offer`). Which thread computes a piece changes no result.
struct SharedPart {
  private let frame: KernelFrame
  /// Whether this thread is the owner.
  private let isOwn: Value
  /// The two words of the owner's offer.
  private let next: Value
  private let done: Value
  private var e: Emitter { frame.emitter }

  /// Emits what a thread does with its own part, and then, if it `helps`, with each other thread's.
  static func each<E: Error>(
    _ frame: KernelFrame, helps: Bool = true, _ body: (_ owner: Value, SharedPart) throws(E) -> Void
  ) throws(E) {
    let e = frame.emitter
    let (me, threads) = (frame.thread, frame.threads)
    try e.loop(from: e.i64(0), to: helps ? threads : e.i64(1), unrolling: .never) { turn throws(E) in
      let owner = e.urem(e.add(me, turn), threads)
      try body(owner, SharedPart(frame, owner: owner, isOwn: e.icmp(.eq, turn, e.i64(0))))
    }
  }

  private init(_ frame: KernelFrame, owner: Value, isOwn: Value) {
    let e = frame.emitter
    (self.frame, self.isOwn) = (frame, isOwn)
    next = frame.offer(of: owner)
    done = e.gep(e.i64, next, 1)
  }

  /// What `next` holds: the piece to take, its number too great if none is left. Before the first unit is open it is 0.
  private struct Place {
    let word: Value
    let unit: Value
    let piece: Value

    init(_ e: Emitter, _ word: Value) {
      self.word = word
      unit = e.sub(e.lshr(word, e.i64(32)), e.i64(1))
      piece = e.and(word, e.i64(0xffff_ffff))
    }
  }

  /// - Parameters:
  ///   - units: how many there are.
  ///   - pieces: how many a unit has.
  ///   - prepare: what the owner does before a unit is open.
  ///   - compute: computes a piece of a unit.
  ///   - complete: what the owner does when all pieces of a unit are done.
  func run<E: Error>(
    units: Value, pieces: (Value) -> Value, prepare: (Value) -> Void,
    compute: (_ unit: Value, _ piece: Value) throws(E) -> Void, complete: (Value) throws(E) -> Void
  ) throws(E) {
    func isThere(_ place: Place) -> Value {
      e.and(e.icmp(.ne, place.word, e.i64(0)), e.icmp(.ult, place.piece, pieces(place.unit)))
    }
    /// The word of the piece that this thread has taken; one of a piece that is not there if others took all.
    func take() -> Value {
      e.ifElse(isThere(look()), then: { [e.addAtomic(e.i64(1), next)] }, else: { [e.i64(0)] })[0]
    }
    _ = try e.loop(initial: [e.i64(0)], while: { e.icmp(.ult, $0[0], units) }) {
      (state: [Value]) throws(E) -> [Value] in
      let unit = state[0]
      e.ifThen(isOwn) {
        prepare(unit)
        open(unit)
      }
      _ = try e.loop(initial: [take()], while: { isThere(Place(e, $0[0])) }) {
        (word: [Value]) throws(E) -> [Value] in
        let place = Place(e, word[0])
        try compute(place.unit, place.piece)
        _ = e.addAtomic(e.i64(1), done)
        return [take()]
      }
      return try e.ifElse(
        isOwn,
        then: { () throws(E) in
          waitUntilDone(pieces(unit))
          try complete(unit)
          return [e.add(unit, e.i64(1))]
        },
        else: { () throws(E) in
          let place = look()
          let isLeft = isThere(place)
          let isOver = e.and(e.icmp(.eq, place.unit, e.sub(units, e.i64(1))), e.not(isLeft))
          e.ifThen(e.not(e.or(isOver, isLeft))) { frame.wait(next, place.word) }
          return [e.select(isOver, units, unit)]
        })
    }
  }

  /// Items `from ..< to` that may be computed in any order, each a piece.
  func run<E: Error>(_ from: Value, _ to: Value, _ body: (Value) throws(E) -> Void) throws(E) {
    try run(
      units: e.zext(e.icmp(.slt, from, to), to: e.i64), pieces: { _ in e.sub(to, from) }, prepare: { _ in },
      compute: { (_: Value, piece: Value) throws(E) in try body(e.add(from, piece)) },
      complete: { (_: Value) throws(E) in })
  }

  private func look() -> Place { Place(e, e.loadAtomic(e.i64, next)) }

  /// Lets the pieces of a unit be taken: what the owner has stored before is there for those who take one.
  private func open(_ unit: Value) {
    e.store(e.i64(0), done)
    e.storeAtomic(e.shl(e.add(unit, e.i64(1)), e.i64(32)), next)
  }

  /// Waits until so many pieces are done: what was stored for them is there then.
  private func waitUntilDone(_ count: Value) {
    _ = e.loop(initial: [e.loadAtomic(e.i64, done)], while: { e.icmp(.ne, $0[0], count) }) {
      frame.wait(done, $0[0])
      return [e.loadAtomic(e.i64, done)]
    }
  }
}
