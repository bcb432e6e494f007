/// What a training program says of itself: written by the compiler, embedded in the program, read by its commands.
public struct ProgramDescription: Hashable, Sendable {
  /// A key and a value.
  public struct Option: Hashable, Sendable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// An argument of a compiled function, or a parameter.
  public struct Input: Hashable, Sendable {
    public var name: String
    public var type: TensorType
    public var role: ArgumentRole

    public init(_ name: String, _ type: TensorType, role: ArgumentRole) {
      self.name = name
      self.type = type
      self.role = role
    }
  }

  /// A result of a compiled function.
  public struct Output: Hashable, Sendable {
    public var name: String
    public var type: TensorType
    public var role: ResultRole
    /// The index of the input whose memory it shares.
    public var alias: Int?

    public init(_ name: String, _ type: TensorType, role: ResultRole, alias: Int? = nil) {
      self.name = name
      self.type = type
      self.role = role
      self.alias = alias
    }
  }

  public struct Function: Hashable, Sendable {
    public var name: String
    public var inputs: [Input]
    public var outputs: [Output]

    public init(name: String, inputs: [Input], outputs: [Output]) {
      self.name = name
      self.inputs = inputs
      self.outputs = outputs
    }

    /// The results of that role.
    public func outputs(_ role: ResultRole) -> [Output] { outputs.filter { $0.role == role } }
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
  public var task: Task
  /// All parameters, in the order of a checkpoint; each has the role of one.
  public var parameters: [Input]
  public var functions: [Function]

  public init(
    model: String, precision: String, optimization: Int, targetCPU: String, cpuFeatures: [String], irHash: String,
    batch: Int, compiler: String, options: [Option], buildFlags: [String], task: Task, parameters: [Input],
    functions: [Function]
  ) {
    self.model = model
    self.precision = precision
    self.optimization = optimization
    self.targetCPU = targetCPU
    self.cpuFeatures = cpuFeatures
    self.irHash = irHash
    self.batch = batch
    self.compiler = compiler
    self.options = options
    self.buildFlags = buildFlags
    self.task = task
    self.parameters = parameters
    self.functions = functions
  }

  /// The value of an option.
  public func option(_ key: String) -> String? { options.first { $0.key == key }?.value }

  /// The function of that name.
  public func function(_ name: String) -> Function? { functions.first { $0.name == name } }
}

extension ProgramDescription {
  /// The functions that a training program calls.
  public enum FunctionName {
    /// One whole step.
    public static let step = "train_step"
    /// The gradients of one micro-batch, added to their sums.
    public static let accumulate = "accumulate"
    /// The update from the sums.
    public static let apply = "apply"
    /// Measures of records, nothing updated.
    public static let evaluate = "evaluate"
    /// The results of records whose labels are not known.
    public static let predict = "predict"

    /// All of them.
    public static let all = [step, accumulate, apply, evaluate, predict]
  }
}
