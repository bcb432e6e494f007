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

/// The leading dimension of the batch tensors of a file of inputs; nil when it holds none.
func batchOfInputs(_ reader: SafeTensorsReader) -> Int? {
  for name in ["image", "ids", "noise", "labels", "attention_mask"] {
    if let first = reader[name]?.shape.first, first > 0 { return first }
  }
  return nil
}
