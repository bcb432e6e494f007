import CRuntime
import TrainingRuntime

/// Arguments for a function when nobody gives any: reproducible, of plausible size.
enum MadeInputs {
  /// Parameters from their initialisers, noise uniform, tokens within the vocabulary, other floats normal.
  static func fill(
    _ function: Function, of module: Module, seed: UInt64, _ memory: (String) -> UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    let parameters = Dictionary(
      uniqueKeysWithValues: try ProgramManifest.parameters(of: function).map { ($0.name, $0) })
    for argument in function.arguments {
      let bytes = memory(argument.name)
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      if let parameter = parameters[argument.name], argument.type.element == .f32 {
        ParameterInit.fill(parameter, seed: seed, into: bytes.baseAddress!.assumingMemoryBound(to: Float.self))
        continue
      }
      if argument.role == .state { continue }
      fill(
        argument, key: key(seed, argument.name),
        vocabulary: min(max(module.integer("vocabulary") ?? 2, 1), Int(Int32.max)), bytes)
    }
  }

  private static func key(_ seed: UInt64, _ name: String) -> UInt64 {
    var hash = StableHash()
    hash.update("made \(seed) \(name)")
    return hash.value
  }

  private static func fill(_ argument: Argument, key: UInt64, vocabulary: Int, _ bytes: UnsafeMutableRawBufferPointer) {
    let count = argument.type.count
    var uniform = [Float](repeating: 0, count: count)
    mrm_fill_uniform(&uniform, count, key, 0.5)
    switch (argument.name, argument.type.element) {
    case ("lr", .f32): bytes.storeBytes(of: 1e-3, as: Float.self)
    case ("weight_decay", .f32): bytes.storeBytes(of: 0.05, as: Float.self)
    case ("scale", .f32): bytes.storeBytes(of: 1, as: Float.self)
    case ("step", .i64): bytes.storeBytes(of: 1, as: Int64.self)
    case ("seed", .i64): bytes.storeBytes(of: 0, as: Int64.self)
    case ("noise", .f32):
      for index in 0..<count { bytes.storeBytes(of: uniform[index] + 0.5, toByteOffset: index * 4, as: Float.self) }
    case (_, .f32): mrm_fill_normal(bytes.baseAddress!.assumingMemoryBound(to: Float.self), count, key, 1)
    case ("attention_mask", .i32):
      for index in 0..<count { bytes.storeBytes(of: 1, toByteOffset: index * 4, as: Int32.self) }
    case (_, .i32):
      for index in 0..<count {
        let value = Int32((uniform[index] + 0.5) * Float(vocabulary))
        bytes.storeBytes(of: min(max(value, 0), Int32(vocabulary - 1)), toByteOffset: index * 4, as: Int32.self)
      }
    case (_, .f64):
      for index in 0..<count {
        bytes.storeBytes(of: Double(uniform[index]) * 2, toByteOffset: index * 8, as: Double.self)
      }
    case (_, .bool):
      for index in 0..<count { bytes.storeBytes(of: uniform[index] > 0 ? 1 : 0, toByteOffset: index, as: UInt8.self) }
    case (_, .bf16), (_, .i64): break
    }
  }
}
