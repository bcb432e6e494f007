import BufferIR
import LLVMKit
import TensorIR

/// How the elements of A or B become the 32-bit elements that tiles read: f32 as they are, bf16 widened to f32, or pairs of
/// neighbours along K in bf16, to which f32 is rounded.
struct PackedElement {
  let e: Emitter
  let operand: ElementType
  let isPaired: Bool

  /// bf16 is moved as integers: processors without it cannot shuffle it.
  private var source: Type { operand == .bf16 ? e.i16 : e.f32 }
  /// The type of a packed element.
  var type: Type { isPaired ? e.i32 : e.f32 }

  /// The address of an operand's element.
  func address(_ base: Value, _ index: Value) -> Value { e.gep(source, base, index) }
  func address(_ base: Value, _ index: Int) -> Value { e.gep(source, base, index) }

  /// Elements of K in one packed element.
  var perStep: Int { isPaired ? 2 : 1 }

  /// `count` packed elements whose operands are contiguous along K from an address on.
  func alongK(_ address: Value, _ count: Int, _ mask: Value?) -> Value {
    guard isPaired else { return load(source, address, count, mask) }
    if operand == .bf16 { return raw(e.i32, address, count, mask) }
    let twice = mask.map { e.shuffle($0, (0..<2 * count).map { $0 / 2 }) }
    return e.bitcast(e.narrowToBF16(raw(e.f32, address, 2 * count, twice)), to: e.i32.vector(count))
  }

  /// `count` packed elements of one step of K whose operands are contiguous across it; `next` is where the second of each
  /// pair stands.
  func acrossK(_ address: Value, next: Value, _ count: Int, _ mask: Value?) -> Value {
    if !isPaired { return load(source, address, count, mask) }
    let (a, b) = (halves(address, count, mask), halves(next, count, mask))
    let pairs = e.shuffle(a, b, (0..<2 * count).map { $0 / 2 + ($0 % 2 == 0 ? 0 : count) })
    return e.bitcast(pairs, to: e.i32.vector(count))
  }

  /// Elements as bf16, in integers.
  private func halves(_ address: Value, _ count: Int, _ mask: Value?) -> Value {
    let value = raw(source, address, count, mask)
    return operand == .bf16 ? value : e.bitcast(e.narrowToBF16(value), to: e.i16.vector(count))
  }

  private func load(_ type: Type, _ address: Value, _ count: Int, _ mask: Value?) -> Value {
    let value = raw(type, address, count, mask)
    return type == e.i16 ? e.widenBF16(e.bitcast(value, to: e.bf16.vector(count))) : value
  }

  private func raw(_ type: Type, _ address: Value, _ count: Int, _ mask: Value?) -> Value {
    let (type, alignment) = (type.vector(count), operand.byteSize)
    return mask.map { e.maskedLoad(type, address, mask: $0, alignment: alignment) }
      ?? e.load(type, address, alignment: alignment)
  }
}
