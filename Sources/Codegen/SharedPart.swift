import LLVMKit
import Support

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

  init(_ frame: KernelFrame, owner: Value, isOwn: Value) {
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
  func run(
    units: Value, pieces: (Value) -> Value, prepare: (Value) -> Void,
    compute: (_ unit: Value, _ piece: Value) throws(Diagnostic) -> Void, complete: (Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    func isThere(_ place: Place) -> Value {
      e.and(e.icmp(.ne, place.word, e.i64(0)), e.icmp(.ult, place.piece, pieces(place.unit)))
    }
    /// The word of the piece that this thread has taken; one of a piece that is not there if others took all.
    func take() -> Value {
      e.ifElse(isThere(look()), then: { [e.addAtomic(e.i64(1), next)] }, else: { [e.i64(0)] })[0]
    }
    _ = try e.loop(initial: [e.i64(0)], while: { e.icmp(.ult, $0[0], units) }) {
      (state: [Value]) throws(Diagnostic) -> [Value] in
      let unit = state[0]
      e.ifThen(isOwn) {
        prepare(unit)
        open(unit)
      }
      _ = try e.loop(initial: [take()], while: { isThere(Place(e, $0[0])) }) {
        (word: [Value]) throws(Diagnostic) -> [Value] in
        let place = Place(e, word[0])
        try compute(place.unit, place.piece)
        _ = e.addAtomic(e.i64(1), done)
        return [take()]
      }
      return try e.ifElse(
        isOwn,
        then: { () throws(Diagnostic) in
          waitUntilDone(pieces(unit))
          try complete(unit)
          return [e.add(unit, e.i64(1))]
        },
        else: { () throws(Diagnostic) in
          let place = look()
          let isLeft = isThere(place)
          let isOver = e.and(e.icmp(.eq, place.unit, e.sub(units, e.i64(1))), e.not(isLeft))
          e.ifThen(e.not(e.or(isOver, isLeft))) { frame.wait(next, place.word) }
          return [e.select(isOver, units, unit)]
        })
    }
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
