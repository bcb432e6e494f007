import TensorIR

/// Loops run inside the products whose results they read: `C = A·B; D = f(C) ⇒ for each block of rows: C = A·B, D = f(C)`.
///
/// Works on calls before they are ordered. Of the loops that read a product, the first that can joins it; the others find
/// the result in memory as before.
struct EpilogueFusion {
  private(set) var program: Program
  private(set) var kernels: [Kernel]
  private(set) var remarks: [String] = []
  /// For each call those that must wait for it; a call that was joined to another hands its followers over.
  private var followers: [[Int]]
  /// The call each call has become part of.
  private var joined: [Int]
  private var visited: [Int]
  private var round = 0
  private let early: Set<Int>

  /// Fewer rows than this are not worth dividing among threads.
  private static let fewestRows = 16

  /// `early`: products that run before what the losses are is known; no updates join them.
  init(_ program: Program, _ kernels: [Kernel], early: Set<Int> = []) {
    self.program = program
    self.early = early
    self.kernels = kernels
    joined = Array(program.calls.indices)
    visited = Array(repeating: 0, count: program.calls.count)
    var followers = [[Int]](repeating: [], count: program.calls.count)
    Schedule.addDependencies(of: program) { followers[$0].append($1) }
    Schedule.addGuards(of: program) { followers[$0].append($1) }
    self.followers = followers
  }

  mutating func run() {
    if !isOrdered { return }
    var readers = [[Int]](repeating: [], count: program.buffers.count)
    for (index, call) in program.calls.enumerated() {
      for operand in call.operands where operand.isRead && readers[operand.buffer.index].last != index {
        readers[operand.buffer.index].append(index)
      }
    }
    for (index, kernel) in kernels.enumerated() {
      guard case .product(let product) = kernel else { continue }
      let result = program.calls[index].operands[2]
      let loops = readers[result.buffer.index].filter { reader in
        guard joined[reader] == reader, case .loop = kernels[reader] else { return false }
        return true
      }
      for reader in loops {
        do {
          try join(index, product, reader)
          break
        } catch {
          remarks.append(
            "epilogue not fused at \(program.calls[index].label): \(program.calls[reader].label): \(error.rawValue)")
        }
      }
    }
    reorder()
  }

  /// Whether the calls can be ordered at all; if not, ordering them will say why.
  private var isOrdered: Bool {
    var sort = TopologicalOrder(count: joined.count)
    for call in joined.indices { followers[call].forEach { sort.edge(call, $0) } }
    return sort.sorted().stuck.isEmpty
  }

  /// Whether a call makes what a guard looks at.
  private func isGuarded(_ call: Call) -> Bool {
    program.guards.contains { item in call.operands.contains { $0.isWritten && $0.buffer == item.buffer } }
  }

  private mutating func join(_ index: Int, _ product: ProductKernel, _ reader: Int) throws(ProductEpilogue.Refusal) {
    guard case .loop(let loop) = kernels[reader] else { return }
    let (call, other) = (program.calls[index], program.calls[reader])
    let result = call.operands[2]
    guard product.batch.isEmpty, product.c.column == 1, product.c.row == product.n, result.byteOffset == 0,
      program.buffers[result.buffer.index].byteCount == product.m * product.n * product.element.byteSize
    else { throw .layout }
    if product.m < Self.fewestRows { throw .few }
    if Schedule.updates(other, of: program), early.contains(index) || isGuarded(call) || isGuarded(other) {
      throw .early
    }
    let arguments = other.operands.indices.filter { other.operands[$0].buffer == result.buffer }
    guard arguments.count == 1, let source = arguments.first, other.operands[source].byteOffset == 0 else {
      throw .place
    }
    if updates(other, anyOf: call.operands[..<2].map(\.buffer)) { throw .operand }
    var arranged = try ProductEpilogue.arranged(loop, m: product.m, n: product.n, argument: source)
    if separated(index, reader) { throw .between }
    // Argument 0 becomes the result, the others follow in order.
    func renumbered(_ argument: Int) -> Int { argument == source ? 0 : argument < source ? argument + 1 : argument }
    for access in arranged.accesses.indices {
      arranged.accesses[access].argument = renumbered(arranged.accesses[access].argument)
      if let indirect = arranged.accesses[access].indirect {
        arranged.accesses[access].indirect!.argument = renumbered(indirect.argument)
      }
    }
    var fused = product
    fused.epilogue = ProductEpilogue(loop: arranged)
    kernels[index] = .product(fused)
    var operands = other.operands
    operands.remove(at: source)
    program.calls[index].operands += operands
    program.calls[index].label += "+" + (other.label.split(separator: ".").last.map(String.init) ?? other.label)
    program.calls[index].bytes += other.bytes
    followers[index] += followers[reader]
    followers[reader] = []
    joined[reader] = index
    remarks.append("fused epilogue at \(call.label): \(other.label)")
  }

  /// Whether a call writes one of some buffers, or an output that shares memory with one.
  private func updates(_ call: Call, anyOf buffers: [BufferID]) -> Bool {
    call.operands.contains { operand in
      guard operand.isWritten else { return false }
      if buffers.contains(operand.buffer) { return true }
      guard case .output(let output) = program.buffers[operand.buffer.index].storage,
        let alias = program.outputs[output].alias
      else { return false }
      return buffers.contains(BufferID(alias))
    }
  }

  /// Whether some third call must run after `first` and before `last`.
  private mutating func separated(_ first: Int, _ last: Int) -> Bool {
    round += 1
    var stack = [first]
    while let call = stack.popLast() {
      for follower in followers[call] {
        let next = joined[follower]
        if next == last && call != first { return true }
        if next == first || next == last || visited[next] == round { continue }
        visited[next] = round
        stack.append(next)
      }
    }
    return false
  }

  /// Puts the calls into an order that the joined ones allow, the products where they were.
  private mutating func reorder() {
    var sort = TopologicalOrder(count: joined.count)
    for call in joined.indices {
      for follower in followers[call] where joined[follower] != call { sort.edge(call, joined[follower]) }
    }
    let order = sort.sorted().order.filter { joined[$0] == $0 }
    program.calls = order.map { program.calls[$0] }
    kernels = order.map { kernels[$0] }
  }
}
