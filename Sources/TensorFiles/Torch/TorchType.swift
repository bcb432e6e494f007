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
