import Glibc
import Support

/// `checkpoint-<step>/`: `model.safetensors`, `optimizer.safetensors` and `state.json`. Written to a hidden directory
/// and renamed when complete, so that what is there can always be loaded.
enum Checkpoint {
  /// Names of the optimiser's tensors in the state memory.
  static func optimizerSlots(_ state: TensorBlock) -> [TensorBlock.Slot] {
    state.slots.filter { $0.name.hasPrefix("exp_avg.") || $0.name.hasPrefix("exp_avg_sq.") }
  }

  /// Writes the checkpoint of `position` into the run. Fails with `cannotWrite`, leaving nothing of it behind.
  static func save(
    _ run: RunDirectory, _ position: TrainingPosition, _ manifest: Manifest, _ state: TensorBlock
  ) throws(Diagnostic) -> String {
    let name = run.checkpoint(position.step)
    let hidden = "\(run.path)/.checkpoint-\(position.step)"
    removeTree(hidden)
    do throws(Diagnostic) {
      try makeDirectory(hidden)
      try Weights.save(hidden + "/model.safetensors", manifest, from: state)
      try saveOptimizer(hidden + "/optimizer.safetensors", manifest, state)
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

  /// Reads parameters and moments. A file that is missing or malformed is named.
  static func load(
    _ path: String, _ manifest: Manifest, into state: TensorBlock, seed: UInt64, threads: Int
  ) throws(Diagnostic) {
    _ = try Weights.load(path + "/model.safetensors", manifest, into: state, .all, seed: seed, threads: threads)
    let reader = try SafeTensorsReader(path: path + "/optimizer.safetensors")
    let slots = optimizerSlots(state)
    for slot in slots {
      let shape = parameterShape(slot.name, manifest)
      guard let entry = reader[slot.name], entry.dtype == .f32, entry.shape == shape else {
        let found = reader[slot.name].map { "is \($0.typeText)" } ?? "is missing"
        throw Diagnostic(
          .badData, at: SourceLocation(file: reader.path), "tensor \"\(slot.name)\" \(found), expected F32 \(shape)")
      }
    }
    _ = try concurrentMap(slots, threads: threads) { (slot) throws(Diagnostic) in
      try reader.read(slot.name, into: state.bytes(slot))
    }
  }

  private static func saveOptimizer(_ path: String, _ manifest: Manifest, _ state: TensorBlock) throws(Diagnostic) {
    let slots = optimizerSlots(state)
    let writer = try SafeTensorsWriter(
      path: path,
      tensors: slots.map { .init(name: $0.name, dtype: .f32, shape: parameterShape($0.name, manifest)) },
      metadata: [.init("format", "pt")])
    for slot in slots { try writer.write(UnsafeRawBufferPointer(state.bytes(slot))) }
    try writer.finish()
  }

  private static func parameterShape(_ slot: String, _ manifest: Manifest) -> [Int] {
    let name = slot.drop { $0 != "." }.dropFirst()
    return manifest.parameters.first { $0.name == name }?.shape ?? []
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
