/// The type of one tensor element.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  case f32, bf16, f64, i32, i64, bool

  /// Bytes one element takes in memory.
  public var byteSize: Int {
    switch self {
    case .bool: 1
    case .bf16: 2
    case .f32, .i32: 4
    case .f64, .i64: 8
    }
  }

  public var isFloat: Bool {
    switch self {
    case .f32, .bf16, .f64: true
    case .i32, .i64, .bool: false
    }
  }

  public var isInteger: Bool {
    switch self {
    case .i32, .i64: true
    case .f32, .bf16, .f64, .bool: false
    }
  }
}
