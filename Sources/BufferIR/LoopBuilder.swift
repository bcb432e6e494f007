import TensorIR

/// Collects the body of a loop kernel over a domain, before its axes are ordered and merged.
struct LoopBuilder {
  /// The axes looped over.
  let domain: [Int]
  private(set) var kernel = LoopKernel()
  private(set) var operands: [Call.Operand] = []
  /// Operation mnemonics, for the call's label.
  var mnemonics: [String] = []
  private var memo: [LoopKernel.Instruction: Int] = [:]

  init(domain: [Int]) { self.domain = domain }

  /// Values computed in this body and where they were; a later reader at the same place takes the instruction.
  var locals: [ValueID: Local] = [:]

  /// Instructions of values that are computed here for their readers, by where they are read.
  var inlined: [Site: Int] = [:]

  struct Site: Hashable {
    var value: ValueID
    var map: [AxisMap]
  }

  struct Local {
    var map: [AxisMap]
    var instruction: Int
  }

  /// The map of a value that has the domain's own shape.
  var identity: [AxisMap] { AxisMap.identity(domain) }

  /// Appends an instruction, or finds the equal one that is there.
  mutating func add(_ instruction: LoopKernel.Instruction) -> Int {
    if case .store = instruction {
      kernel.body.append(instruction)
      return kernel.body.count - 1
    }
    if let known = memo[instruction] { return known }
    kernel.body.append(instruction)
    memo[instruction] = kernel.body.count - 1
    return kernel.body.count - 1
  }

  /// Strides over the domain, and the offset, of a strided thing seen through a map.
  func project(_ strides: [Int], _ map: [AxisMap]) -> (strides: [Int], offset: Int) {
    var result = [Int](repeating: 0, count: domain.count)
    var offset = 0
    for (stride, axis) in zip(strides, map) {
      offset += stride * axis.offset
      for term in axis.terms { result[term.dim] += stride * term.step }
    }
    return (result, offset)
  }

  mutating func load(_ view: View, _ map: [AxisMap]) -> Int {
    let (strides, offset) = project(view.strides, map)
    let argument = argument(view.buffer, (view.offset + offset) * view.element.byteSize, read: true)
    return add(.load(access: access(.init(argument: argument, element: view.element, strides: strides))))
  }

  /// A load from `data` whose axis `axis` follows the values of `indices`.
  mutating func load(_ data: View, _ dataMap: [AxisMap], axis: Int, indices: View, _ indexMap: [AxisMap]) -> Int {
    var map = dataMap
    map[axis] = .fixed
    let (strides, offset) = project(data.strides, map)
    let (indexStrides, indexOffset) = project(indices.strides, indexMap)
    let argument = argument(data.buffer, (data.offset + offset) * data.element.byteSize, read: true)
    let index = self.argument(
      indices.buffer, (indices.offset + indexOffset) * indices.element.byteSize, read: true)
    let indirect = LoopKernel.Indirect(
      argument: index, element: indices.element, strides: indexStrides, stride: data.strides[axis],
      limit: data.shape[axis])
    return add(
      .load(access: access(.init(argument: argument, element: data.element, strides: strides, indirect: indirect))))
  }

  /// Stores a value at its place, or combines it with those of other points that have the same place.
  mutating func store(_ value: Int, to view: View, _ map: [AxisMap], accumulating kind: Reduce.Kind? = nil) {
    let (strides, offset) = project(view.strides, map)
    let argument = argument(view.buffer, (view.offset + offset) * view.element.byteSize, written: true)
    _ = add(
      .store(
        access: access(.init(argument: argument, element: view.element, strides: strides, accumulates: kind)), value))
  }

  private mutating func access(_ access: LoopKernel.Access) -> Int {
    if let known = kernel.accesses.firstIndex(of: access) { return known }
    kernel.accesses.append(access)
    return kernel.accesses.count - 1
  }

  private mutating func argument(_ buffer: BufferID, _ byteOffset: Int, read: Bool = false, written: Bool = false)
    -> Int
  {
    if let known = operands.firstIndex(where: {
      $0.buffer == buffer && $0.byteOffset == byteOffset && $0.isWritten == written
    }) {
      return known
    }
    operands.append(.init(buffer: buffer, byteOffset: byteOffset, isWritten: written, isRead: read))
    return operands.count - 1
  }
}
