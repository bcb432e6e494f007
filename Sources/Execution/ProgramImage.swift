import CRuntime

/// A compiled training program: its description, its functions and the IR it came from. Embedded in a linked program, or
/// put together from functions the JIT compiled; the memory behind the pointers outlives it.
public struct ProgramImage: @unchecked Sendable {
  /// One stage of the IR, as text.
  public struct Stage: Sendable, Hashable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  public var description: ProgramDescription
  /// The compiled code by function name.
  public var functions: [String: UnsafePointer<mrm_function>]
  public var stages: [Stage]

  public init(
    description: ProgramDescription, functions: [String: UnsafePointer<mrm_function>], stages: [Stage]
  ) {
    self.description = description
    self.functions = functions
    self.stages = stages
  }

  /// Reads the tables a linked program holds. A description that cannot be read is `badData`.
  public init(_ image: UnsafePointer<mrm_program>) throws(Diagnostic) {
    description = try ProgramDescription(json: String(cString: image.pointee.description))
    functions = [:]
    var next = image.pointee.functions!
    while let function = next.pointee {
      functions[String(cString: function.pointee.name)] = function
      next += 1
    }
    stages = (0..<Int(image.pointee.ir_count)).map {
      Stage(name: String(cString: image.pointee.ir_names[$0]!), text: String(cString: image.pointee.ir_texts[$0]!))
    }
  }

  /// The inputs and outputs of a function; `failure` where the program was built without it.
  public func signature(_ name: String) throws(Diagnostic) -> ProgramDescription.Function {
    if let signature = description.function(name) { return signature }
    throw Diagnostic(
      .failure, "this program was built without the function \"\(name)\"",
      notes: ["it has: " + description.functions.map(\.name).joined(separator: ", ")])
  }

  /// Bytes by what they hold for these functions, which share their arguments and run by turns; `parts`: the tensors of all
  /// feeds that are read. `failure` where a function is missing.
  public func memoryPlan(
    _ names: [String], parts: [Feed.Part], batches: Int, threads: Int
  ) throws(Diagnostic) -> MemoryPlan {
    var functions: [MemoryPlan.Function] = []
    for name in names {
      let code = self.functions[name]?.pointee
      functions.append(
        MemoryPlan.Function(
          try signature(name), arenaBytes: Int(code?.arena_bytes ?? 0), scratchBytes: Int(code?.scratch_bytes ?? 0)))
    }
    return MemoryPlan(
      functions, parameters: description.parameters, sums: description.gradientSumSlots, parts: parts,
      batches: batches, threads: threads)
  }
}

extension ProgramDescription {
  /// The slots of state that hold sums of gradients: those that `accumulate` updates.
  public var gradientSumSlots: Set<String> {
    MemoryPlan.gradientSumSlots(functions.first { $0.name == FunctionName.accumulate })
  }
}
