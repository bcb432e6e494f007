import Interpreter

extension HostTensor {
  /// Reads the elements of a type from memory.
  init(_ type: TensorType, bytes: UnsafeRawBufferPointer) {
    func read<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
      (0..<type.count).map { bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self) }
    }
    switch type.element {
    case .f32: self.init(type, read(Float.self).map(Double.init))
    case .f64: self.init(type, read(Double.self))
    case .bf16: self.init(type, read(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) })
    case .i32: self.init(type, read(Int32.self).map(Int64.init))
    case .i64: self.init(type, read(Int64.self))
    case .bool: self.init(type, read(UInt8.self).map { $0 == 0 ? 0 : 1 as Int64 })
    }
  }

  /// The elements as they lie in memory.
  func bytes() -> [UInt8] {
    func write<Element: BitwiseCopyable>(_ elements: [Element]) -> [UInt8] { elements.withUnsafeBytes { Array($0) } }
    switch type.element {
    case .f32: return write(reals.map(Float.init))
    case .f64: return write(reals)
    case .bf16: return write(reals.map { UInt16(truncatingIfNeeded: Rounding.bf16(Float($0)).bitPattern >> 16) })
    case .i32: return write(integers.map(Int32.init(truncatingIfNeeded:)))
    case .i64: return write(integers)
    case .bool: return write(integers.map { $0 == 0 ? 0 : 1 as UInt8 })
    }
  }
}
