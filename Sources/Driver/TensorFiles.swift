extension ElementType {
  /// The type's name in a safetensors file.
  var fileType: SafeTensors.DType {
    switch self {
    case .f32: .f32
    case .bf16: .bf16
    case .f64: .f64
    case .i32: .i32
    case .i64: .i64
    case .bool: .bool
    }
  }
}

extension TensorType {
  /// As a safetensors file says it: `F32 [2, 3]`.
  var fileText: String { "\(element.fileType.rawValue) \(shape)" }
}
