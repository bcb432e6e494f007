import TensorIR

/// Operations that only move elements.
extension Interpreter {
  static func broadcast(_ op: Broadcast, _ x: HostTensor, _ type: TensorType) -> HostTensor {
    var strides = [Int](repeating: 0, count: type.rank)
    for (i, axis) in op.axes.enumerated() where x.type.shape[i] != 1 { strides[axis] = x.type.strides[i] }
    return read(x, type, offset: 0, strides: strides)
  }

  static func transpose(_ op: Transpose, _ x: HostTensor, _ type: TensorType) -> HostTensor {
    let strides = x.type.strides
    return read(x, type, offset: 0, strides: op.permutation.map { strides[$0] })
  }

  static func slice(_ op: Slice, _ x: HostTensor, _ type: TensorType) -> HostTensor {
    let strides = x.type.strides
    let offset = strides.indices.reduce(0) { $0 + strides[$1] * op.start[$1] }
    return read(x, type, offset: offset, strides: strides.indices.map { strides[$0] * op.step[$0] })
  }

  static func concat(_ op: Concat, _ x: [HostTensor], _ type: TensorType) -> HostTensor {
    var start = 0
    let boxes = x.map { part in
      defer { start += part.type.shape[op.axis] }
      return (part, start * type.strides[op.axis])
    }
    return write(boxes, type, strides: type.strides)
  }

  static func pad(_ op: Pad, _ x: HostTensor, _ type: TensorType) -> HostTensor {
    let strides = type.strides
    let offset = strides.indices.reduce(0) { $0 + strides[$1] * op.low[$1] }
    return write([(x, offset)], type, strides: strides.indices.map { strides[$0] * (op.interior[$0] + 1) })
  }

  private static func read(_ x: HostTensor, _ type: TensorType, offset: Int, strides: [Int]) -> HostTensor {
    switch x.elements {
    case .reals(let values):
      HostTensor(type, StridedCopy.read(values, offset: offset, shape: type.shape, strides: strides))
    case .integers(let values):
      HostTensor(type, StridedCopy.read(values, offset: offset, shape: type.shape, strides: strides))
    }
  }

  /// Zeros, with each part written at its offset.
  private static func write(_ parts: [(HostTensor, Int)], _ type: TensorType, strides: [Int]) -> HostTensor {
    if type.element.isFloat {
      var target = [Double](repeating: 0, count: type.count)
      for (part, offset) in parts {
        StridedCopy.write(part.reals, to: &target, offset: offset, shape: part.type.shape, strides: strides)
      }
      return HostTensor(type, target)
    }
    var target = [Int64](repeating: 0, count: type.count)
    for (part, offset) in parts {
      StridedCopy.write(part.integers, to: &target, offset: offset, shape: part.type.shape, strides: strides)
    }
    return HostTensor(type, target)
  }
}
