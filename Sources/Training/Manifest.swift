import Support

/// What a training program is: the text the compiler embeds in it (symbol `mrm_manifest`), read.
public struct Manifest: Sendable, Hashable {
  /// The sizes of the model's images and reports.
  public struct Geometry: Sendable, Hashable {
    /// The side of the square input image, in pixels.
    public var imageSize: Int
    public var channels: Int
    /// The side of an encoder patch and of the patch predicted for it, in pixels.
    public var lowPatch: Int
    public var highPatch: Int
    /// L: patches of an image; `visible` of them reach the encoder.
    public var patches: Int
    public var visible: Int
    /// T: tokens of a report.
    public var tokens: Int
    /// V: the ids of tokens are 0 ..< V.
    public var vocabulary: Int
  }

  /// How a parameter starts.
  public enum Initialization: Sendable, Hashable {
    /// Uniform in ±√(6 / (fanIn + fanOut)).
    case xavierUniform(fanIn: Int, fanOut: Int)
    /// Normal with mean 0; the first row of the first axis at `zeroRow`, if any, is 0.
    case normal(std: Double, zeroRow: Int?)
    case zeros
    case ones
    /// The fixed 2-D position table [1, 1 + grid², dim]; `isMAE`: MAE's frequencies instead of the public code's.
    case sincos2D(dim: Int, grid: Int, isMAE: Bool)
  }

  public struct Parameter: Sendable, Hashable {
    /// The public checkpoint name.
    public var name: String
    public var shape: [Int]
    public var dtype: String
    public var isTrainable: Bool
    /// Whether weight decay applies to it.
    public var decays: Bool
    public var initialization: Initialization
    /// Other names under which a checkpoint holds the same values.
    public var aliases: [String]

    public init(
      name: String, shape: [Int], dtype: String = "f32", isTrainable: Bool, decays: Bool,
      initialization: Initialization, aliases: [String] = []
    ) {
      self.name = name
      self.shape = shape
      self.dtype = dtype
      self.isTrainable = isTrainable
      self.decays = decays
      self.initialization = initialization
      self.aliases = aliases
    }

    public var elementCount: Int { shape.reduce(1, *) }
  }

  /// An input or output of a compiled function.
  public struct Argument: Sendable, Hashable {
    public var name: String
    public var dtype: String
    public var shape: [Int]
    /// Of an output: the input whose memory it shares.
    public var alias: Int?

    public var elementCount: Int { shape.reduce(1, *) }
    public var byteCount: Int { elementCount * (dtype == "i64" || dtype == "f64" ? 8 : dtype == "bf16" ? 2 : 4) }
  }

  public struct Function: Sendable, Hashable {
    public var name: String
    public var inputs: [Argument]
    public var outputs: [Argument]
  }

  public struct Option: Sendable, Hashable {
    public var key: String
    public var value: String
  }

  public var model: String
  public var precision: String
  public var optimization: Int
  public var targetCPU: String
  /// The features the processor must have, named as in `/proc/cpuinfo`.
  public var cpuFeatures: [String]
  public var irHash: String
  /// B: records of a micro-batch.
  public var batch: Int
  public var compiler: String
  /// The model's options, resolved.
  public var options: [Option]
  /// The flags it was built with, those at their defaults left out.
  public var buildFlags: [String]
  public var geometry: Geometry
  public var parameters: [Parameter]
  public var functions: [Function]

  public func option(_ key: String) -> String? { options.first { $0.key == key }?.value }

  public func function(_ name: String) -> Function? { functions.first { $0.name == name } }
}
