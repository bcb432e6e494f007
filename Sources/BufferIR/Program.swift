import Support
import TensorIR

/// The code of one kernel; calls share equal kernels.
public enum Kernel: Hashable, Sendable {
  case loop(LoopKernel)
  case product(ProductKernel)
  case pack(PackKernel)
  case scatter(ScatterKernel)
  case sort(SortKernel)
  case argmax(ArgmaxKernel)
  case attention(AttentionKernel)
  case crossEntropy(CrossEntropyKernel)

  /// Per-thread scratch memory it needs.
  public var scratchBytes: Int {
    switch self {
    case .attention(let kernel): kernel.scratchBytes
    case .product(let kernel): kernel.scratchBytes
    case .loop, .pack, .scatter, .sort, .argmax, .crossEntropy: 0
    }
  }
}

/// One kernel applied to buffers.
public struct Call: Hashable, Sendable {
  public struct Operand: Hashable, Sendable {
    public var buffer: BufferID
    public var byteOffset: Int
    public var isWritten: Bool
    public var isRead: Bool
    /// From `byteOffset` on, how many bytes it reaches at most; nil: to the end of the buffer.
    public var extent: Int?

    init(buffer: BufferID, byteOffset: Int, isWritten: Bool, isRead: Bool) {
      self.buffer = buffer
      self.byteOffset = byteOffset
      self.isWritten = isWritten
      self.isRead = isRead
    }

    /// Whether two operands on one buffer may have bytes in common.
    func overlaps(_ other: Operand) -> Bool {
      func end(_ operand: Operand) -> Int { operand.extent.map { operand.byteOffset + $0 } ?? Int.max }
      return byteOffset < end(other) && other.byteOffset < end(self)
    }
  }
  public var kernel: Int
  public var operands: [Operand]
  public var provenance: Provenance
  /// Layer path and operations, such as `encoder.blocks.3.mlp.fc1+gelu`.
  public var label: String
  public var flops: Double
  /// Bytes of the buffers' elements read and written.
  public var bytes: Double
}

/// A scalar that must be finite before a call runs.
public struct Guard: Hashable, Sendable {
  public var beforeCall: Int
  public var buffer: BufferID
  /// Where in the buffer the scalar is, and of which type.
  public var byteOffset: Int
  public var element: ElementType
  public var name: String
}

/// One function as kernels over buffers, in the order they run, with every byte of temporary memory planned.
public struct Program: Hashable, Sendable {
  public var name: String
  public var inputs: [Argument]
  public internal(set) var outputs: [ProgramDescription.Output] = []
  public internal(set) var buffers: [Buffer] = []
  /// Distinct kernels; `calls` index it.
  public internal(set) var kernels: [Kernel] = []
  public internal(set) var calls: [Call] = []
  public internal(set) var guards: [Guard] = []
  /// Constant data, 64-byte aligned pieces.
  public internal(set) var constants: [UInt8] = []
  public internal(set) var plan = ArenaPlan()
  /// Which loops were fused, and which that read one another were not, with layer paths and reasons.
  public internal(set) var remarks: [String] = []

  init(name: String, inputs: [Argument]) {
    self.name = name
    self.inputs = inputs
  }

  /// Scratch memory that each thread needs.
  public var scratchBytes: Int { kernels.reduce(0) { max($0, $1.scratchBytes) } }

  public var flops: Double { calls.reduce(0) { $0 + $1.flops } }
}
