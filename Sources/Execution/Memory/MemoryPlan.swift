/// Bytes by what they hold, for functions that share their arguments and take turns with the temporaries: known before
/// anything is run. The only account of memory: `mrmc`, its `--dry-run` and a training program print this one.
public struct MemoryPlan: Sendable, Hashable {
  /// A function and the memory that only its code knows of.
  public struct Function: Sendable, Hashable {
    public var signature: ProgramDescription.Function
    /// Bytes of temporaries.
    public var arenaBytes: Int
    /// Bytes on each thread.
    public var scratchBytes: Int
    public var constantBytes: Int

    public init(
      _ signature: ProgramDescription.Function, arenaBytes: Int, scratchBytes: Int = 0, constantBytes: Int = 0
    ) {
      self.signature = signature
      self.arenaBytes = arenaBytes
      self.scratchBytes = scratchBytes
      self.constantBytes = constantBytes
    }
  }

  /// A kind of memory and its size.
  public struct Category: Sendable, Hashable {
    public var name: String
    public var bytes: Int
  }

  /// A tensor that is kept, and its size.
  public struct Tensor: Sendable, Hashable {
    public var name: String
    public var byteCount: Int
  }

  /// Parameters and what is kept for each, in the order of the parameters and then of the functions' inputs.
  public private(set) var state: [Tensor] = []
  /// Results that have memory of their own, as `function/result`.
  public private(set) var outputs: [Tensor] = []
  /// Those that hold something, in the order printed.
  public private(set) var categories: [Category] = []
  public private(set) var arenaBytes = 0

  /// - Parameters:
  ///   - parameters: those that are kept whether a function takes them or not.
  ///   - sums: slots of state that hold sums of gradients; nil: those that a function `accumulate` among these updates.
  ///   - parts: tensors of feeds that are kept whether a function takes them or not.
  ///   - batches: copies of what feeds give; nil: one, called inputs.
  ///   - threads: threads with scratch memory of their own.
  public init(
    _ functions: [Function], parameters: [ProgramDescription.Input] = [], sums: Set<String>? = nil,
    parts: [Feed.Part] = [], batches: Int? = nil, threads: Int = 1
  ) {
    let inputs = functions.flatMap(\.signature.inputs)
    let sums =
      sums
      ?? Self.gradientSumSlots(
        functions.first { $0.signature.name == ProgramDescription.FunctionName.accumulate }?.signature)
    var sizes = Sizes()
    var seen = Set<String>()
    var ports = Set<FeedPort>()
    for part in parts where ports.insert(part.port).inserted {
      sizes.add(.inputs, MemoryBlock.aligned(part.type.byteCount) * (batches ?? 1))
    }
    for input in parameters + inputs where seen.insert(input.name).inserted {
      let bytes = MemoryBlock.aligned(input.type.byteCount)
      switch input.role {
      case .parameter(let role): sizes.add(role.isTrainable ? .parameters : .tables, bytes)
      case .state(let slot, _): sizes.add(sums.contains(slot) ? .sums : .moments, bytes)
      case .input(let port):
        if port.map({ ports.insert($0).inserted }) ?? true { sizes.add(.inputs, bytes * (batches ?? 1)) }
      case .scalar: sizes.add(.inputs, bytes)
      }
      if input.role.parameter != nil || input.role.slot != nil {
        state.append(Tensor(name: input.name, byteCount: input.type.byteCount))
      }
    }
    for function in functions {
      for output in function.signature.outputs where output.alias == nil {
        sizes.add(.outputs, MemoryBlock.aligned(output.type.byteCount))
        outputs.append(Tensor(name: function.signature.name + "/" + output.name, byteCount: output.type.byteCount))
      }
      sizes.add(.constants, function.constantBytes)
    }
    arenaBytes = functions.map(\.arenaBytes).max() ?? 0
    sizes.add(.temporaries, arenaBytes)
    let page = 4096
    sizes.add(.scratch, (functions.map { ($0.scratchBytes + page - 1) / page * page }.max() ?? 0) * threads)
    categories = sizes.categories(inputs: batches == nil ? "inputs" : "batches")
  }

  public var totalBytes: Int { categories.reduce(0) { $0 + $1.bytes } }

  /// `planned memory 1.2 GB: parameters 604.6 MB, …`.
  public var text: String { "planned memory \(byteText(totalBytes)): \(parts)" }

  /// `parameters 604.6 MB, …`.
  public var parts: String { categories.map { "\($0.name) \(byteText($0.bytes))" }.joined(separator: ", ") }

  /// The slots whose state `accumulate` gives anew; none for nil.
  public static func gradientSumSlots(_ accumulate: ProgramDescription.Function?) -> Set<String> {
    guard let accumulate else { return [] }
    return Set(accumulate.outputs.compactMap { output in output.alias.flatMap { accumulate.inputs[$0].role.slot } })
  }

  private struct Sizes {
    enum Kind: Int, CaseIterable {
      case parameters, tables, moments, sums, inputs, temporaries, scratch, constants, outputs
    }

    private var bytes = [Int](repeating: 0, count: Kind.allCases.count)

    mutating func add(_ kind: Kind, _ count: Int) { bytes[kind.rawValue] += count }

    func categories(inputs: String) -> [Category] {
      let names = [
        "parameters", "fixed tables", "moments", "gradient sums", inputs, "temporaries", "scratch", "constants",
        "outputs",
      ]
      return zip(names, bytes).filter { $1 > 0 }.map { Category(name: $0, bytes: $1) }
    }
  }
}
