/// The safetensors format: a little-endian u64 header length, a JSON header
/// `{name: {dtype, shape, data_offsets}, "__metadata__": {…}}`, then the tensors' bytes without gaps.
public enum SafeTensors {
  /// The largest header accepted, in bytes.
  public static let maximumHeaderBytes = 100_000_000

  /// An element type, by its name in the file.
  public enum DType: String, Sendable, Hashable, CaseIterable {
    case bool = "BOOL"
    case u8 = "U8"
    case i8 = "I8"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"

    /// Bytes per element.
    public var size: Int {
      switch self {
      case .bool, .u8, .i8: return 1
      case .i16, .u16, .f16, .bf16: return 2
      case .i32, .u32, .f32: return 4
      case .f64, .i64, .u64: return 8
      }
    }
  }

  /// One tensor of a file: what its header says.
  public struct Entry: Hashable, Sendable {
    public var name: String
    public var dtype: DType
    public var shape: [Int]

    public init(name: String, dtype: DType, shape: [Int]) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
    }

    public var elementCount: Int { shape.reduce(1, *) }
    public var byteCount: Int { elementCount * dtype.size }
    /// `F32 [2, 3]`.
    public var typeText: String { "\(dtype.rawValue) \(shape)" }
  }

  /// A tensor of an element type that is not known here.
  public struct Unreadable: Hashable, Sendable {
    /// The type as the file names it.
    public var type: String
    public var shape: [Int]

    /// `F8_E4M3 [4]`.
    public var typeText: String { "\(type) \(shape)" }
  }

  /// One string of the header's `__metadata__`.
  public struct Metadata: Hashable, Sendable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }
}
