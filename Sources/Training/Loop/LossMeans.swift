import Execution

/// Means of the losses over the micro-batches of a step, added in their order.
struct LossMeans {
  private let names: [String]
  private let function: String
  private var sums: [Float?]
  private var count: Float = 0

  init(_ functions: StepFunctions) {
    names = functions.losses
    function = functions.microBatch[0].name
    sums = Array(repeating: nil, count: names.count)
  }

  /// Takes the losses of the micro-batch that has just run.
  mutating func add(_ memory: ProgramMemory) {
    count += 1
    for (index, name) in names.enumerated() {
      if let value = memory.scalar(function, name) { sums[index] = (sums[index] ?? 0) + value }
    }
  }

  /// Whether the loss that is trained, the first, is a number.
  var isFinite: Bool { sums.first??.isFinite ?? true }

  var means: [LogLine.Loss] {
    zip(names, sums).compactMap { name, sum in sum.map { LogLine.Loss(name: name, value: $0 / count) } }
  }
}
