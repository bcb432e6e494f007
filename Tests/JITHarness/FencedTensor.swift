import Interpreter
import TensorIR

/// Memory for one argument or result, with bytes after it that nothing may change.
final class FencedTensor {
  let type: TensorType
  let memory: UnsafeMutableRawPointer
  private static let fence = 64

  /// Memory that holds no number anybody would expect.
  init(_ type: TensorType) {
    self.type = type
    memory = .allocate(byteCount: type.byteCount + Self.fence, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: type.byteCount + Self.fence)
  }

  convenience init(_ tensor: HostTensor) {
    self.init(tensor.type)
    switch tensor.type.element {
    case .f32: fill(tensor.reals.map(Float.init))
    case .f64: fill(tensor.reals)
    case .bf16: fill(tensor.reals.map { UInt16(truncatingIfNeeded: Float($0).bitPattern >> 16) })
    case .i32: fill(tensor.integers.map { Int32($0) })
    case .i64: fill(tensor.integers)
    case .bool: fill(tensor.integers.map { UInt8($0) })
    }
  }

  deinit { memory.deallocate() }

  private func fill<Element: BitwiseCopyable>(_ values: [Element]) {
    memory.copyMemory(from: values, byteCount: values.count * MemoryLayout<Element>.stride)
  }

  var isFenceWhole: Bool {
    UnsafeRawBufferPointer(start: memory + type.byteCount, count: Self.fence).allSatisfy { $0 == 0xA5 }
  }

  /// Whether it holds the tensor, bit by bit.
  func isStill(_ tensor: HostTensor) -> Bool {
    let other = FencedTensor(tensor)
    return UnsafeRawBufferPointer(start: memory, count: type.byteCount).elementsEqual(
      UnsafeRawBufferPointer(start: other.memory, count: type.byteCount))
  }

  func value() -> HostTensor {
    func values<Element>(_: Element.Type) -> [Element] {
      Array(UnsafeBufferPointer(start: memory.assumingMemoryBound(to: Element.self), count: type.count))
    }
    switch type.element {
    case .f32: return HostTensor(type, values(Float.self).map(Double.init))
    case .f64: return HostTensor(type, values(Double.self))
    case .bf16: return HostTensor(type, values(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) })
    case .i32: return HostTensor(type, values(Int32.self).map(Int64.init))
    case .i64: return HostTensor(type, values(Int64.self))
    case .bool: return HostTensor(type, values(UInt8.self).map(Int64.init))
    }
  }
}
