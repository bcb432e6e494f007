import Data
import Execution

/// All memory a command of a training program uses, sized from the description before any data is read.
final class ProgramMemory {
  /// Parameters and what is kept for each: moments, sums of gradients.
  let state: TensorBlock
  let outputs: TensorBlock
  let batches: [BatchMemory]
  let arena: MemoryBlock
  let plan: MemoryPlan
  private let image: ProgramImage
  private let scalars: TensorBlock

  /// `functions`: those that will be bound; `feeds`: those that are read; `batches`: how many batches are held at a time.
  init(
    _ image: ProgramImage, functions: [String], feeds: [Feed], batches count: Int, threads: Int
  ) throws(Diagnostic) {
    self.image = image
    let parts = feeds.flatMap { $0.parts(batch: image.description.batch) }
    plan = try image.memoryPlan(functions, parts: parts, batches: count, threads: threads)
    state = try TensorBlock(plan.state.map { ($0.name, $0.byteCount) })
    outputs = try TensorBlock(plan.outputs.map { ($0.name, $0.byteCount) })
    var seen = Set<String>()
    var scalars: [(name: String, byteCount: Int)] = []
    for input in functions.compactMap(image.description.function).flatMap(\.inputs) {
      if let slot = Self.slot(input.role, input.name), seen.insert(slot).inserted { scalars.append((slot, 8)) }
    }
    self.scalars = try TensorBlock(scalars)
    var batches: [BatchMemory] = []
    for _ in 0..<count { batches.append(try BatchMemory(parts)) }
    self.batches = batches
    arena = try MemoryBlock(bytes: plan.arenaBytes)
    for input in functions.compactMap(image.description.function).flatMap(\.inputs) {
      guard case .scalar(let scalar) = input.role, let standard = scalar.standard else { continue }
      if case .hyperparameter = scalar { set([Hyperparameter(input.name, standard)]) } else { set(scalar, standard) }
    }
  }

  /// A scalar's name in the memory: hyperparameters have one each.
  private static func slot(_ role: ArgumentRole, _ name: String) -> String? {
    guard case .scalar(let scalar) = role else { return nil }
    if case .hyperparameter = scalar { return scalar.word + "." + name }
    return scalar.word
  }

  /// Binds a function to the memory with batch `batch`.
  func bind(_ name: String, pool: ThreadPool, batch: Int = 0) throws(Diagnostic) -> BoundFunction {
    let memory = batches.isEmpty ? nil : batches[batch]
    return try BoundFunction(
      name, of: image, pool: pool, arena: arena, owners: [self]
    ) { input in
      switch input.role {
      case .input(let port): port.flatMap { memory?.address($0) }
      case .scalar: self.scalars[Self.slot(input.role, input.name)!]?.baseAddress
      case .parameter, .state: self.state[input.name]?.baseAddress
      }
    } output: { output in
      self.outputs[name + "/" + output.name]?.baseAddress
    }
  }

  /// Sets a scalar for every function; nothing where none takes it.
  func set(_ scalar: ScalarRole, _ value: Double) {
    if scalar.element == .i64 { return set(scalar, Int64(value)) }
    scalars[scalar.word]?.storeBytes(of: Float(value), as: Float.self)
  }

  /// Sets an i64 scalar for every function.
  func set(_ scalar: ScalarRole, _ value: Int64) { scalars[scalar.word]?.storeBytes(of: value, as: Int64.self) }

  /// Sets the numbers that a run chooses.
  func set(_ values: [Hyperparameter]) {
    for value in values {
      let slot = ScalarRole.hyperparameter(standard: 0).word + "." + value.name
      scalars[slot]?.storeBytes(of: Float(value.value), as: Float.self)
    }
  }

  /// The f32 scalar that a function gave, or nil when there is none of that name.
  func scalar(_ function: String, _ output: String) -> Float? {
    outputs[function + "/" + output]?.loadUnaligned(as: Float.self)
  }

  /// The numbers of a result.
  func values<Element>(
    _ function: String, _ output: String, as type: Element.Type
  ) -> UnsafeMutableBufferPointer<Element>? {
    outputs[function + "/" + output].map { $0.bindMemory(to: type) }
  }
}
