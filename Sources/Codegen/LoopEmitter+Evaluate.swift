import BufferIR
import LLVMKit
import Support
import TensorIR

extension LoopEmitter {
  /// Computes the wanted instructions, and what they need, at one point. Values that vary along the inner axis are vectors.
  func evaluate(_ wanted: [Int], _ item: Item, at point: Point) throws(Diagnostic) -> [Value?] {
    var values = item.known
    var needed = [Bool](repeating: false, count: loop.body.count)
    for index in wanted { needed[index] = true }
    for index in loop.body.indices.reversed() where needed[index] && item.known[index] == nil {
      for operand in loop.body[index].operands { needed[operand] = true }
    }
    for index in loop.body.indices where needed[index] && values[index] == nil {
      values[index] = try compute(index, values, item, point)
    }
    return values
  }

  private func compute(_ index: Int, _ values: [Value?], _ item: Item, _ point: Point) throws(Diagnostic) -> Value {
    let isVector = analysis.inner[index]
    func operand(_ i: Int) -> Value { widened(values[i]!, isVector: isVector) }
    let element = elements[index]
    switch loop.body[index] {
    case .load(let access): return load(access, item, point)
    case .constant(let value, let element):
      let type = frame.registerType(element)
      return type.isInteger ? e.constant(type, value == value ? Int(value) : 0) : e.constant(type, value)
    case .index(let strides, let offset, let element):
      let base = e.add(linear(strides, item, point), e.i64(offset))
      let type = frame.registerType(element)
      let scalar = type == e.i64 ? base : e.trunc(base, to: type)
      guard isVector && lanes > 1 else { return scalar }
      let steps = e.mul(e.iota(type, lanes), e.splat(e.constant(type, strides.last!), lanes))
      return e.add(e.splat(scalar, lanes), steps)
    case .unary(let kind, let a):
      return rounded(try unary(kind, operand(a), elements[a], isRough: isRounded(a)), element)
    case .binary(let kind, let a, let b): return rounded(binary(kind, operand(a), operand(b), element), element)
    case .compare(let kind, let a, let b): return compare(kind, operand(a), operand(b), elements[a])
    case .select(let c, let a, let b): return e.select(operand(c), operand(a), operand(b))
    case .convert(let a, let target): return convert(operand(a), from: elements[a], to: target)
    case .dropout(let value, let seed, let op, let strides):
      let start = { linear(strides, item, $0) }
      let bits: Value
      if let batch = point.batch, isBatched(strides) {
        bits = batch.bits(e, of: index, offset: point.offset, lanes: lanes) {
          let first = Point(sequential: point.sequential, inner: batch.inner)
          return PhiloxEmitter(e, seed: values[seed]!, stream: frame.stream(op.stream)).words64(base: start(first))
        }
      } else {
        bits = dropoutBits(operand(value).lanes, seed: values[seed]!, op, start(point), strides.last!)
      }
      return rounded(dropout(operand(value), bits, op), element)
    case .reduce(_, let a):
      if loop.reduces { throw Diagnostic(.compilerBug, "a reduction is not a value of one point") }
      return operand(a)
    case .store: throw Diagnostic(.compilerBug, "a store is not a value")
    }
  }

  /// Σ coordinate·stride at lane 0.
  func linear(_ strides: [Int], _ item: Item, _ point: Point) -> Value {
    var sum = frame.dot(item.outer, strides)
    sum = e.add(sum, frame.dot(point.sequential, sequentialStrides(strides)))
    return e.add(sum, frame.dot([point.inner], [strides.last!]))
  }

  /// Whether an instruction's value has been rounded to bf16.
  private func isRounded(_ number: Int) -> Bool {
    if case .convert(let source, _) = loop.body[number] { return elements[source] == .bf16 }
    return elements[number] == .bf16
  }

  private func rounded(_ value: Value, _ element: ElementType) -> Value {
    element == .bf16 ? e.roundToBF16(value) : value
  }

  // MARK: Memory

  private func load(_ number: Int, _ item: Item, _ point: Point) -> Value {
    let access = loop.accesses[number]
    let memory = frame.memoryType(access.element)
    let stride = loop.inner == 1 ? 0 : access.strides.last!
    var offset = frame.dot(point.sequential, sequentialStrides(access.strides))
    offset = e.add(offset, frame.dot([point.inner], [stride]))
    var lanewise: Value?
    if let indirect = access.indirect {
      let row = indexValue(indirect, item.indexBases[number]!, point)
      if row.type.isVector {
        lanewise = e.mul(row, e.splat(e.i64(indirect.stride), lanes))
      } else {
        offset = e.add(offset, e.mul(row, e.i64(indirect.stride)))
      }
    }
    let address = e.gep(memory, item.bases[number], offset)
    if lanes == 1 || (stride == 0 && lanewise == nil) {
      return frame.toRegister(e.load(memory, address), access.element)
    }
    let type = memory.vector(lanes)
    if stride == 1 && lanewise == nil {
      let value = point.mask.map { e.maskedLoad(type, address, mask: $0) } ?? e.load(type, address)
      return frame.toRegister(value, access.element)
    }
    if lanewise == nil && point.mask == nil && (2...4).contains(stride) {
      // Neighbours are loaded too and dropped; nothing is read behind the last element.
      let count = lanes * stride
      let mask = e.module.constantVector((0..<count).map { e.bool($0 <= (lanes - 1) * stride) })
      let all = e.maskedLoad(memory.vector(count), address, mask: mask)
      return frame.toRegister(e.shuffle(all, (0..<lanes).map { $0 * stride }), access.element)
    }
    var offsets = e.mul(e.iota(e.i64, lanes), e.splat(e.i64(stride), lanes))
    if let lanewise { offsets = e.add(offsets, lanewise) }
    let value = e.gather(type, e.gep(memory, address, offsets), mask: point.mask ?? allLanes)
    return frame.toRegister(value, access.element)
  }

  var allLanes: Value { e.module.constantVector(Array(repeating: e.bool(true), count: lanes)) }

  /// The row that an indirect access takes, clamped to those that exist.
  private func indexValue(_ indirect: LoopKernel.Indirect, _ base: Value, _ point: Point) -> Value {
    let memory = frame.memoryType(indirect.element)
    let stride = loop.inner == 1 ? 0 : indirect.strides.last!
    let offset = e.add(
      frame.dot(point.sequential, sequentialStrides(indirect.strides)), frame.dot([point.inner], [stride]))
    let address = e.gep(memory, base, offset)
    var row: Value
    if stride == 0 || lanes == 1 {
      row = e.load(memory, address)
    } else {
      let offsets = e.mul(e.iota(e.i64, lanes), e.splat(e.i64(stride), lanes))
      row = e.gather(memory.vector(lanes), e.gep(memory, address, offsets), mask: point.mask ?? allLanes)
    }
    if indirect.element != .i64 { row = e.sext(row, to: e.i64) }
    let zero = e.zero(row.type)
    let last = e.constant(row.type, indirect.limit - 1)
    return e.smin(e.smax(row, zero), last)
  }

  func store(_ value: Value, _ number: Int, _ item: Item, _ point: Point) {
    let access = loop.accesses[number]
    let memory = frame.memoryType(access.element)
    let stride = loop.inner == 1 ? 0 : access.strides.last!
    var offset = frame.dot(point.sequential, sequentialStrides(access.strides))
    offset = e.add(offset, frame.dot([point.inner], [stride]))
    let address = e.gep(memory, item.bases[number], offset)
    let isScalar = lanes == 1 || stride == 0
    var value = isScalar ? value : widened(value, isVector: true)
    var addresses: Value?
    if !isScalar && stride != 1 {
      addresses = e.gep(memory, address, e.mul(e.iota(e.i64, lanes), e.splat(e.i64(stride), lanes)))
    }
    if let kind = access.accumulates {
      var isFirst = item.isFirst[number]!
      if isScalar && lanes > 1 {
        // All points along the inner axis have one place.
        value = widened(value, isVector: true)
        if let mask = point.mask { value = e.select(mask, value, e.splat(neutral(kind, access.element), lanes)) }
        value = reduceLanes(kind, value, access.element)
        isFirst = e.and(isFirst, e.icmp(.eq, point.inner, e.i64(0)))
      }
      let old = frame.toRegister(
        read(isScalar ? memory : memory.vector(lanes), address, addresses, point.mask), access.element)
      let start = neutral(kind, access.element)
      value = combine(kind, e.select(isFirst, isScalar ? start : e.splat(start, lanes), old), value, access.element)
    }
    let stored = frame.toMemory(value, access.element)
    if let addresses {
      e.scatter(stored, addresses, mask: point.mask ?? allLanes)
    } else if let mask = point.mask, !isScalar {
      e.maskedStore(stored, address, mask: mask)
    } else {
      e.store(stored, address)
    }
  }

  /// What stands at an address, or at one per lane.
  private func read(_ type: Type, _ address: Value, _ addresses: Value?, _ mask: Value?) -> Value {
    if let addresses { return e.gather(type, addresses, mask: mask ?? allLanes) }
    if let mask, type.isVector { return e.maskedLoad(type, address, mask: mask) }
    return e.load(type, address)
  }
}
