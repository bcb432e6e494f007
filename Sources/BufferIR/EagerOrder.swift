/// An order of calls that uses up what it makes as soon as it can: it follows one chain of calls to its end before it
/// begins another, and of what is ready prefers what takes no more memory. Where a network has several branches with losses of
/// their own, the backward of one runs before the forward of the next.
struct EagerOrder {
  private let program: Program
  private var followers: [[Int]]
  /// For each call those it waits for; those without any are run where they are first needed.
  private var waits: [[Int]]
  private var left: [Int]
  private var isDone: [Bool]
  private var ready: [Int] = []
  /// How many calls still touch each temporary buffer, and whether one has.
  private var touches: [Int]
  private var isLive: [Bool]
  private(set) var calls: [Int] = []

  /// The order of a program's calls; nil if they wait for one another.
  static func order(_ program: Program) -> [Int]? {
    var order = EagerOrder(program)
    order.run()
    if order.calls.count != program.calls.count { return nil }
    order.sink()
    return order.calls
  }

  private init(_ program: Program) {
    self.program = program
    let count = program.calls.count
    var followers = [Set<Int>](repeating: [], count: count)
    Schedule.addDependencies(of: program) { followers[$0].insert($1) }
    Schedule.addGuards(of: program) { followers[$0].insert($1) }
    self.followers = followers.map { $0.sorted() }
    waits = Array(repeating: [], count: count)
    for call in 0..<count {
      for follower in self.followers[call] { waits[follower].append(call) }
    }
    left = []
    isDone = Array(repeating: false, count: count)
    touches = Array(repeating: 0, count: program.buffers.count)
    isLive = Array(repeating: false, count: program.buffers.count)
    for call in 0..<count {
      left.append(waits[call].count { !waits[$0].isEmpty })
      for buffer in temporaries(call) { touches[buffer] += 1 }
    }
  }

  /// The temporary buffers a call touches, each once.
  private func temporaries(_ call: Int) -> [Int] {
    var result: [Int] = []
    for operand in program.calls[call].operands {
      let buffer = operand.buffer.index
      if program.buffers[buffer].storage == .temporary && !result.contains(buffer) { result.append(buffer) }
    }
    return result
  }

  private mutating func run() {
    ready = isDone.indices.filter { !waits[$0].isEmpty && left[$0] == 0 }.reversed()
    while !ready.isEmpty {
      let growth = ready.map { self.growth($0) }
      let place = ready.indices.min { (growth[$0], -$0) < (growth[$1], -$1) }!
      let taken = growth[place] <= 0 ? place : ready.count - 1
      let call = ready.remove(at: taken)
      for source in waits[call] where !isDone[source] { _ = finish(source) }
      // What follows takes the place of what it follows: the chain that is being worked on stays on top.
      ready.insert(contentsOf: finish(call).reversed(), at: taken)
    }
    for call in isDone.indices where !isDone[call] && waits[call].isEmpty { _ = finish(call) }
  }

  /// By how many bytes what is live grows with a call and the sources it needs.
  private func growth(_ call: Int) -> Int {
    let sources = waits[call].filter { !isDone[$0] }
    var result = 0
    for buffer in temporaries(call) {
      let rest = touches[buffer] - sources.count { temporaries($0).contains(buffer) }
      let bytes = program.buffers[buffer].byteCount
      if !isLive[buffer] { result += bytes }
      if rest == 1 { result -= bytes }
    }
    return result
  }

  /// Runs a call; returns those that need to wait no longer.
  private mutating func finish(_ call: Int) -> [Int] {
    isDone[call] = true
    calls.append(call)
    for buffer in temporaries(call) {
      isLive[buffer] = true
      touches[buffer] -= 1
    }
    if waits[call].isEmpty { return [] }
    var woken: [Int] = []
    for follower in followers[call] {
      left[follower] -= 1
      if left[follower] == 0 { woken.append(follower) }
    }
    return woken
  }

  /// Moves what is needed late to where it is needed, unless what it reads takes more memory than what it makes: values
  /// computed again, packed operands.
  private mutating func sink() {
    var position = [Int](repeating: 0, count: calls.count)
    for (place, call) in calls.enumerated() { position[call] = place }
    var touching = [[Int]](repeating: [], count: program.buffers.count)
    for call in calls {
      for buffer in temporaries(call) { touching[buffer].append(call) }
    }
    for call in calls.reversed() {
      guard let next = followers[call].map({ position[$0] }).min(), next > position[call] + 1 else { continue }
      // What it makes would come later, what it reads be kept longer.
      var (made, kept) = (0, 0)
      for buffer in temporaries(call) {
        let others = touching[buffer].filter { $0 != call }.map { position[$0] }
        let bytes = program.buffers[buffer].byteCount
        if others.allSatisfy({ $0 > position[call] }) {
          made += bytes
        } else if others.max()! < next {
          kept += bytes
        }
      }
      if kept > made { continue }
      let from = position[call]
      calls.remove(at: from)
      calls.insert(call, at: next - 1)
      for place in from..<next { position[calls[place]] = place }
    }
  }
}
