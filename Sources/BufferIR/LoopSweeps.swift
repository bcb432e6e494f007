import TensorIR

/// How a loop over rows runs: one sweep over the row per phase, with what each computes, stores and hands on.
package struct LoopSweeps {
  package struct Sweep {
    package var reductions: [Int] = []
    package var stores: [Int] = []
    /// Instructions evaluated at each point.
    package var computed: [Bool]
    /// Values of the row put aside for later sweeps: cheaper to load than to compute again.
    package var kept: [Int] = []
  }
  package private(set) var sweeps: [Sweep] = []
  private let loop: LoopKernel
  private let analysis: LoopAnalysis

  /// Bytes of values put aside that a thread may have.
  private static let keptBytes = 128 << 10
  /// What loading a value back is worth, in loads.
  private static let keepAbove = 2.5

  package init(_ loop: LoopKernel) {
    self.loop = loop
    analysis = LoopAnalysis(loop)
    for phase in 0...analysis.lastPhase {
      var sweep = Sweep(computed: [])
      for index in loop.body.indices {
        switch loop.body[index] {
        case .reduce: if loop.reduces && analysis.phase[index] == phase + 1 { sweep.reductions.append(index) }
        case .store: if analysis.looped[index] && analysis.phase[index] == phase { sweep.stores.append(index) }
        default: break
        }
      }
      sweep.computed = needed(sweep, known: [])
      sweeps.append(sweep)
    }
    if loop.innerReduced && loop.sequential.isEmpty && loop.inner > 1 { keep() }
  }

  /// What a sweep evaluates, beyond what is known and what is the same along the row.
  private func needed(_ sweep: Sweep, known: Set<Int>) -> [Bool] {
    var result = [Bool](repeating: false, count: loop.body.count)
    func want(_ index: Int) { if analysis.looped[index] && !known.contains(index) { result[index] = true } }
    for index in sweep.reductions + sweep.stores { loop.body[index].operands.forEach(want) }
    for index in loop.body.indices.reversed() where result[index] { loop.body[index].operands.forEach(want) }
    return result
  }

  private mutating func keep() {
    let elements = loop.elements
    var known = Set<Int>()
    var rest = Self.keptBytes
    for number in sweeps.indices {
      sweeps[number].computed = needed(sweeps[number], known: known)
      if number + 1 == sweeps.count { continue }
      // Candidates are those that a later sweep reads directly, in something not computed here.
      var wanted = Set<Int>()
      for later in sweeps[(number + 1)...] {
        for index in later.reductions + later.stores { wanted.formUnion(loop.body[index].operands) }
        let computed = needed(later, known: known)
        for index in loop.body.indices where computed[index] && !sweeps[number].computed[index] {
          wanted.formUnion(loop.body[index].operands)
        }
      }
      for index in wanted.sorted() where sweeps[number].computed[index] && cost(index, known) > Self.keepAbove {
        let bytes = loop.inner * max(4, elements[index].byteSize)
        if bytes > rest { continue }
        sweeps[number].kept.append(index)
        rest -= bytes
      }
      known.formUnion(sweeps[number].kept)
    }
  }

  /// What computing a value at a point takes, in loads.
  private func cost(_ index: Int, _ known: Set<Int>) -> Double {
    var total = 0.0
    var wanted = [Bool](repeating: false, count: loop.body.count)
    wanted[index] = true
    for i in (0...index).reversed() where wanted[i] && analysis.looped[i] && !known.contains(i) {
      for operand in loop.body[i].operands { wanted[operand] = true }
      switch loop.body[i] {
      case .load(let access): total += loop.accesses[access].indirect.map { $0.strides.last == 0 } ?? true ? 1 : 4
      case .unary(let kind, _):
        switch kind.expense {
        case .simple: total += 0.25
        case .root, .reciprocalRoot, .transcendental: total += 4
        case .composite: total += 8
        }
      case .binary(let kind, _, _): total += kind == .div ? 3 : 0.25
      case .dropout: total += 16
      case .constant, .index, .compare, .select, .convert, .reduce, .store: total += 0.25
      }
    }
    return total
  }

  /// The last sweep that reads an access; −1 if only what is the same along the row does.
  package func lastRead(of access: Int) -> Int {
    sweeps.indices.last { number in
      loop.body.indices.contains { sweeps[number].computed[$0] && loop.body[$0] == .load(access: access) }
    } ?? -1
  }

  /// The sweep in which a store to an access stands; −1 for one outside the sweeps.
  package func sweep(ofStoreTo access: Int) -> Int {
    sweeps.indices.last { number in
      sweeps[number].stores.contains { if case .store(access, _) = loop.body[$0] { true } else { false } }
    } ?? -1
  }
}
