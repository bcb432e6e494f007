import Execution

/// The compiled functions of one optimiser step, bound to the memory: one function for the whole step, or gradients that are
/// added up over micro-batches and then applied.
struct StepFunctions {
  /// One for each batch memory: the whole step, or one micro-batch of it.
  let microBatch: [BoundFunction]
  /// With accumulation: the update after the last micro-batch.
  let apply: BoundFunction?
  /// The results that are logged: the loss, then its parts.
  let losses: [String]
  private let gradientNorm: (function: String, result: String)?

  /// The names of the functions for so many micro-batches a step.
  static func names(accumulate: Int) -> [String] {
    accumulate > 1
      ? [ProgramDescription.FunctionName.accumulate, ProgramDescription.FunctionName.apply]
      : [ProgramDescription.FunctionName.step]
  }

  init(_ image: ProgramImage, accumulate: Int, memory: ProgramMemory, pool: ThreadPool) throws(Diagnostic) {
    let names = Self.names(accumulate: accumulate)
    var bound: [BoundFunction] = []
    for batch in memory.batches.indices { bound.append(try memory.bind(names[0], pool: pool, batch: batch)) }
    microBatch = bound
    apply = names.count > 1 ? try memory.bind(names[1], pool: pool) : nil
    let first = try image.signature(names[0])
    losses = (first.outputs(.loss) + first.outputs(.term)).map(\.name)
    let last = try image.signature(names[names.count - 1])
    gradientNorm = last.outputs(.gradientNorm).first.map { (last.name, $0.name) }
  }

  /// The norm of all gradients of the step that has run; nil where the program does not tell it.
  func norm(_ memory: ProgramMemory) -> Float? { gradientNorm.flatMap { memory.scalar($0.function, $0.result) } }
}
