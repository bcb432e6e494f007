/// The element types of PyTorch's storages.
enum TorchType: String {
  case float = "FloatStorage"
  case double = "DoubleStorage"
  case half = "HalfStorage"
  case bfloat16 = "BFloat16Storage"
  case long = "LongStorage"
  case int = "IntStorage"
  case short = "ShortStorage"
  case char = "CharStorage"
  case byte = "ByteStorage"
  case bool = "BoolStorage"
  case complexFloat = "ComplexFloatStorage"
  case complexDouble = "ComplexDoubleStorage"

  /// By the name of its storage on the processor or, as `cuda.FloatStorage`, on another device.
  init?(storage name: Substring) {
    self.init(rawValue: String(name.hasPrefix("cuda.") ? name.dropFirst(5) : name))
  }

  /// The safetensors name.
  var name: String {
    switch self {
    case .float: "F32"
    case .double: "F64"
    case .half: "F16"
    case .bfloat16: "BF16"
    case .long: "I64"
    case .int: "I32"
    case .short: "I16"
    case .char: "I8"
    case .byte: "U8"
    case .bool: "BOOL"
    case .complexFloat: "C64"
    case .complexDouble: "C128"
    }
  }

  /// Bytes per element.
  var size: Int {
    switch self {
    case .char, .byte, .bool: 1
    case .half, .bfloat16, .short: 2
    case .float, .int: 4
    case .double, .long, .complexFloat: 8
    case .complexDouble: 16
    }
  }
}

/// Elements one after the other, which tensors are views of.
struct TorchStorage: Hashable {
  let key: String
  let type: TorchType
  /// Elements.
  let count: Int
  /// Where in the stored elements it begins, for one that is a part of another.
  let start: Int
}

/// A view of a storage: element i₀, i₁, … is at offset + Σ iₖ · stridesₖ.
struct TorchTensor {
  /// By its place in the heap.
  let storage: Int
  let offset: Int
  let shape: [Int]
  let strides: [Int]

  /// How many elements from the first of the storage to the last that the view has; nil where the numbers are no view.
  var reach: Int? {
    guard shape.count == strides.count, shape.count <= 64, offset >= 0 else { return nil }
    guard zip(shape, strides).allSatisfy({ $0 >= 0 && $1 >= 0 }) else { return nil }
    if shape.contains(0) { return 0 }
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (step, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(step)
      if overflow || carry { return nil }
      last = sum
    }
    return last == .max ? nil : last + 1
  }

  /// Whether the elements lie one after the other, row-major.
  var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != expected { return false }
      expected *= size
    }
    return true
  }
}
