import CRuntime
import Execution

/// Arguments for a function when nobody gives any: reproducible, of plausible size.
struct MadeInputs {
  private let task: Task?
  private let seed: UInt64
  /// How many values whole numbers of no feed have.
  private let count: Int

  /// Parameters from their initialisers, scalars at their standards, feeds as records would give them, other floats normal.
  static func fill(
    _ function: Function, of module: Module, seed: UInt64, _ memory: (String) -> UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    let made = MadeInputs(
      task: module.task, seed: seed, count: min(max(module.integer("vocabulary") ?? 2, 1), Int(Int32.max)))
    for argument in function.arguments {
      let bytes = memory(argument.name)
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      switch argument.role {
      case .parameter(let role) where argument.type.element == .f32:
        ParameterInit.fill(
          argument.name, argument.type, role.initializer, seed: seed,
          into: bytes.baseAddress!.assumingMemoryBound(to: Float.self))
      case .state: break
      case .scalar(let scalar): bytes.store(Self.value(scalar), as: argument.type.element)
      case .parameter: made.fill(argument, nil, bytes)
      case .input(let port): made.fill(argument, port, bytes)
      }
    }
  }

  private static func value(_ scalar: ScalarRole) -> Double {
    switch scalar {
    case .learningRate: 1e-3
    case .step: 1
    case .seed, .gradientScale, .hyperparameter: scalar.standard ?? 0
    }
  }

  private func fill(_ argument: Argument, _ port: FeedPort?, _ bytes: UnsafeMutableRawBufferPointer) {
    let elements = argument.type.count
    let key = key(argument.name)
    var uniform = [Float](repeating: 0, count: elements)
    mrm_fill_uniform(&uniform, elements, key, 0.5)
    func store<Value: BitwiseCopyable>(_ value: (Float) -> Value) {
      for index in 0..<elements {
        bytes.storeBytes(of: value(uniform[index]), toByteOffset: index * MemoryLayout<Value>.size, as: Value.self)
      }
    }
    switch argument.type.element {
    case .f32:
      switch port.flatMap({ task?.feed($0.feed)?.source }) {
      case .noise: store { $0 + 0.5 }
      case .labels(let labels) where labels.kind == .multiLabel: store { $0 > 0.2 ? 1 : 0 as Float }
      default:
        mrm_fill_normal(bytes.baseAddress!.assumingMemoryBound(to: Float.self), elements, key, 1)
      }
    case .i32:
      if port?.part == TokenFeed.mask { return store { _ in 1 as Int32 } }
      let count = port.flatMap { task?.feed($0.feed)?.range(of: $0.part)?.count } ?? count
      store { min(max(Int32(($0 + 0.5) * Float(count)), 0), Int32(count - 1)) }
    case .f64: store { Double($0) * 2 }
    case .bool: store { $0 > 0 ? 1 : 0 as UInt8 }
    case .bf16, .i64: break
    }
  }

  private func key(_ name: String) -> UInt64 {
    var hash = StableHash()
    hash.update("made \(seed) \(name)")
    return hash.value
  }
}
