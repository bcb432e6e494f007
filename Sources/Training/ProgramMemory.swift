import Support

/// All memory a command of a training program uses, sized from the manifest before any data is read.
final class ProgramMemory {
  static let scalars = ["seed", "lr", "step", "weight_decay", "scale"]

  /// Parameters and what is kept for each: moments, accumulated gradients. In the order of the functions' inputs.
  let state: TensorBlock
  let scalars: TensorBlock
  let outputs: TensorBlock
  let batches: [BatchMemory]
  let arena: MemoryBlock
  let plan: MemoryPlan

  /// `functions`: those that will be bound; `batches`: how many batches are held at a time.
  init(_ image: ProgramImage, functions: [String], batches count: Int, threads: Int) throws(Diagnostic) {
    plan = try MemoryPlan(image, functions: functions, batches: count, threads: threads)
    state = try TensorBlock(plan.state)
    outputs = try TensorBlock(plan.outputs)
    var scalars: [(name: String, byteCount: Int)] = []
    for name in Self.scalars { scalars.append((name, 8)) }
    self.scalars = try TensorBlock(scalars)
    var batches: [BatchMemory] = []
    for _ in 0..<count { batches.append(try BatchMemory(image.manifest.batchGeometry)) }
    self.batches = batches
    arena = try MemoryBlock(bytes: plan.arenaBytes)
  }

  /// Binds a function to the memory with batch `batch`.
  func bind(_ name: String, _ image: ProgramImage, pool: ThreadPool, batch: Int) throws(Diagnostic) -> BoundFunction {
    let tensors = batches.isEmpty ? nil : batches[batch].tensors
    return try BoundFunction(
      name, image: image, pool: pool, arena: arena, owners: [self, state, scalars, outputs]
    ) { argument in
      (tensors?[argument] ?? self.state[argument] ?? self.scalars[argument] ?? self.outputs[name + "/" + argument])?
        .baseAddress
    }
  }

  /// Sets a scalar input (`Float`, or `Int64`), for every function.
  func set<Value: BitwiseCopyable>(_ scalar: String, _ value: Value) {
    scalars.pointer(scalar, as: Value.self).pointee = value
  }

  /// The f32 scalar output of a function, or nil when the model has none of that name.
  func scalar(_ function: String, _ output: String) -> Float? {
    outputs[function + "/" + output]?.loadUnaligned(as: Float.self)
  }
}

/// How many bytes go where: known before the program reads its first byte of data.
struct MemoryPlan {
  var state: [(name: String, byteCount: Int)] = []
  var outputs: [(name: String, byteCount: Int)] = []
  /// Bytes by category, in the order printed.
  var categories: [(name: String, bytes: Int)] = []
  var arenaBytes: Int

  init(_ image: ProgramImage, functions: [String], batches: Int, threads: Int) throws(Diagnostic) {
    arenaBytes = image.arenaBytes(functions)
    var seen: Set<String> = Set(BatchMemory.names + ProgramMemory.scalars)
    for parameter in image.manifest.parameters where seen.insert(parameter.name).inserted {
      state.append((parameter.name, parameter.elementCount * 4))
    }
    for name in functions {
      let signature = try image.signature(name)
      for input in signature.inputs where seen.insert(input.name).inserted {
        state.append((input.name, input.byteCount))
      }
      for output in signature.outputs where output.alias == nil {
        outputs.append((name + "/" + output.name, output.byteCount))
      }
    }
    func bytes(_ prefix: String) -> Int {
      TensorBlock.plannedBytes(state.filter { $0.name.hasPrefix(prefix) }.map(\.byteCount))
    }
    let moments = bytes("exp_avg.") + bytes("exp_avg_sq.")
    let sums = bytes("grad_sum.")
    let parameters = TensorBlock.plannedBytes(state.map(\.byteCount)) - moments - sums
    let batch = TensorBlock.plannedBytes(BatchMemory.sizes(image.manifest.batchGeometry))
    categories = [
      ("parameters", parameters), ("moments", moments), ("gradient sums", sums), ("batches", batch * batches),
      ("temporaries", arenaBytes), ("scratch", image.scratchBytes(functions) * threads),
      ("outputs", TensorBlock.plannedBytes(outputs.map(\.byteCount))),
    ].filter { $0.1 > 0 }
  }

  var totalBytes: Int { categories.reduce(0) { $0 + $1.bytes } }

  /// `planned memory 1.2 GB: parameters 604.6 MB, …`.
  var text: String {
    "planned memory \(byteText(totalBytes)): "
      + categories.map { "\($0.name) \(byteText($0.bytes))" }.joined(separator: ", ")
  }
}
