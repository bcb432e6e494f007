import CRuntime

/// Values for the arguments of a measured kernel: those `MadeInputs` makes, and what these graphs need beyond it.
enum BenchInputs {
  /// Parameters from their initialisers, a permutation for `order`, state that is positive.
  static func fill(
    _ function: Function, of module: Module, _ memory: (String) -> UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    try MadeInputs.fill(function, of: module, seed: 1, memory)
    for (index, argument) in function.arguments.enumerated() {
      let bytes = memory(argument.name)
      let key = UInt64(index) + 77
      if argument.name == "order", argument.type.element == .i32 {
        permute(bytes, length: argument.type.shape.last ?? 1, key: key)
      }
      if argument.role.slot != nil, argument.type.element == .f32 { fillState(bytes, key: key) }
    }
  }

  /// From 0.1 to 0.9: a second moment is never negative.
  private static func fillState(_ bytes: UnsafeMutableRawBufferPointer, key: UInt64) {
    let values = bytes.bindMemory(to: Float.self)
    mrm_fill_uniform(values.baseAddress!, values.count, key, 0.4)
    for index in values.indices { values[index] += 0.5 }
  }

  /// Rows 0, …, length − 1 in an order of their own each.
  private static func permute(_ bytes: UnsafeMutableRawBufferPointer, length: Int, key: UInt64) {
    let values = bytes.bindMemory(to: Int32.self)
    var random = [Float](repeating: 0, count: values.count)
    mrm_fill_uniform(&random, random.count, key, 0.5)
    for start in stride(from: 0, to: values.count, by: length) {
      let order = (0..<length).sorted { (random[start + $0], $0) < (random[start + $1], $1) }
      for (place, index) in order.enumerated() { values[start + place] = Int32(index) }
    }
  }
}
