import Execution
import Glibc
import TensorFiles

/// `checkpoint-<step>/`: `model.safetensors`, `optimizer.safetensors` and `state.json`. Written to a hidden directory
/// and renamed when complete, so that what is there can always be loaded.
enum Checkpoint {
  /// A tensor of optimiser state: `<slot>.<parameter>`, of the parameter's shape.
  private struct StateTensor {
    var name: String
    /// Its name in the state memory.
    var memory: String
    var shape: [Int]
  }

  /// The optimiser's tensors but for sums of gradients, which are zero between steps: slot by slot, in the order of the
  /// functions' inputs.
  private static func optimizerState(_ program: ProgramDescription) -> [StateTensor] {
    let sums = program.gradientSumSlots
    var seen = Set<String>()
    var slots: [String] = []
    var tensors: [String: [StateTensor]] = [:]
    for name in [ProgramDescription.FunctionName.step, ProgramDescription.FunctionName.apply] {
      for input in program.function(name)?.inputs ?? [] {
        guard case .state(let slot, let owner) = input.role, !sums.contains(slot), seen.insert(input.name).inserted
        else { continue }
        if tensors[slot] == nil { slots.append(slot) }
        tensors[slot, default: []].append(
          StateTensor(name: slot + "." + owner, memory: input.name, shape: input.type.shape))
      }
    }
    return slots.flatMap { tensors[$0]! }
  }

  /// Writes the checkpoint of `position` into the run, under its step's name or `name`. Fails with `cannotWrite`, leaving
  /// nothing of it behind.
  static func save(
    _ run: RunDirectory, _ position: TrainingPosition, _ program: ProgramDescription, _ state: TensorBlock,
    as name: String? = nil
  ) throws(Diagnostic) -> String {
    let name = name ?? run.checkpoint(position.step)
    let hidden = "\(run.path)/.checkpoint-\(position.step)"
    removeTree(hidden)
    do throws(Diagnostic) {
      try makeDirectory(hidden)
      try Weights.save(hidden + "/model.safetensors", program, from: state)
      try saveOptimizer(hidden + "/optimizer.safetensors", program, state)
      try AtomicFile.write(position.json.pretty, to: hidden + "/state.json")
      try synchronizeDirectory(hidden)
      try put(hidden, at: name)
      try synchronizeDirectory(run.path)
    } catch {
      removeTree(hidden)
      throw error
    }
    return name
  }

  /// Reads parameters and optimiser state. A file that is missing or malformed is named.
  static func load(
    _ path: String, _ program: ProgramDescription, into state: TensorBlock, seed: UInt64, threads: Int
  ) throws(Diagnostic) {
    let model = SafeTensorsFile(try SafeTensorsReader(path: path + "/model.safetensors"))
    _ = try Weights.load(model, program, into: state, .use, seed: seed, threads: threads)
    let reader = try SafeTensorsReader(path: path + "/optimizer.safetensors")
    let tensors = optimizerState(program)
    for tensor in tensors {
      guard let entry = reader[tensor.name], entry.dtype == .f32, entry.shape == tensor.shape else {
        let found = reader[tensor.name].map { "is \($0.typeText)" } ?? "is missing"
        throw Diagnostic(
          .badData, at: SourceLocation(file: reader.path),
          "tensor \"\(tensor.name)\" \(found), expected F32 \(tensor.shape)")
      }
    }
    _ = try concurrentMap(tensors, threads: threads) { (tensor) throws(Diagnostic) in
      try reader.read(tensor.name, into: state[tensor.memory]!)
    }
  }

  private static func saveOptimizer(
    _ path: String, _ program: ProgramDescription, _ state: TensorBlock
  ) throws(Diagnostic) {
    let tensors = optimizerState(program)
    let writer = try SafeTensorsWriter(
      path: path, tensors: tensors.map { .init(name: $0.name, dtype: .f32, shape: $0.shape) },
      metadata: [.init("format", "pt")])
    for tensor in tensors { try writer.write(UnsafeRawBufferPointer(state[tensor.memory]!)) }
    try writer.finish()
  }

  /// Renames the complete directory; one that a run left there before it was resumed from an older step gives way.
  private static func put(_ hidden: String, at name: String) throws(Diagnostic) {
    let old = hidden + ".old"
    removeTree(old)
    if fileKind(name) != .absent { rename(name, old) }
    if rename(hidden, name) != 0 {
      let problem = errorText()
      rename(old, name)
      throw Diagnostic(.cannotWrite, at: SourceLocation(file: name), "cannot be written: \(problem)")
    }
    removeTree(old)
  }
}
