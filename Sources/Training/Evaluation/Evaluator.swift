import Data
import Execution

/// Runs a function over all records of a list, in the order of the list, reading each batch beside the one before it.
final class Evaluator {
  let task: Task
  let loader: BatchLoader
  private let name: String
  private let memory: ProgramMemory
  private let pool: ThreadPool
  private let functions: [BoundFunction]
  private let results: Set<String>

  /// `memory`: with two batches, or with one, where nothing is read beside.
  init(
    _ image: ProgramImage, function name: String, memory: ProgramMemory, pool: ThreadPool, loader: BatchLoader
  ) throws(Diagnostic) {
    task = image.description.task
    self.name = name
    self.memory = memory
    self.pool = pool
    self.loader = loader
    results = Set(try image.signature(name).outputs(.measure).map(\.name))
    var bound: [BoundFunction] = []
    for batch in memory.batches.indices { bound.append(try memory.bind(name, pool: pool, batch: batch)) }
    functions = bound
  }

  /// Calls `body` with each batch; it returns whether to go on. Measures that are not finite are `nonFiniteLoss`.
  func forEachBatch(_ body: (EvaluatedBatch) throws(Diagnostic) -> Bool) throws(Diagnostic) {
    var side = 0
    var current = loader.prepare(batch: 0, into: memory.batches[0].buffers)
    pool.forEach(current.taskCount) { [current] in current.runTask($0) }
    while true {
      try current.check()
      let other = (side + 1) % functions.count
      let isLast = current.batch + 1 == loader.batchesPerEpoch
      let next =
        isLast || other == side
        ? nil : loader.prepare(batch: current.batch + 1, into: memory.batches[other].buffers)
      memory.set(.seed, current.dropoutSeed)
      if case .notFinite(let name, _) = functions[side].run(tasks: next?.region) {
        throw Diagnostic(.nonFiniteLoss, "\(name) is not finite", notes: current.recordNames)
      }
      let batch = EvaluatedBatch(function: name, memory: memory, side: side, tasks: current, loader: loader)
      try batch.check(task.metrics)
      if try !body(batch) || isLast { return }
      if let next {
        current = next
        side = other
      } else {
        current = loader.prepare(batch: current.batch + 1, into: memory.batches[side].buffers)
        pool.forEach(current.taskCount) { [current] in current.runTask($0) }
      }
    }
  }

  /// The metrics over all records.
  func evaluate(_ settings: EvaluationSettings = EvaluationSettings()) throws(Diagnostic) -> Evaluation {
    var accumulators = accumulators(settings)
    var records = 0
    try forEachBatch { batch throws(Diagnostic) in
      for index in accumulators.indices { try accumulators[index].add(batch) }
      records += batch.rows
      return true
    }
    return try Evaluation(records: records, accumulators)
  }

  /// The keys of all values.
  var keys: [String] { accumulators(EvaluationSettings()).flatMap(\.keys) }

  private func accumulators(_ settings: EvaluationSettings) -> [any MetricAccumulator] {
    let context = MetricContext(
      task: task, results: results, tokenizer: loader.feeds.tokenizer, settings: settings, threads: pool.threads)
    return task.metrics.map { $0.accumulator(context) }
  }
}

extension BatchTasks {
  /// The tasks as a pool runs them beside a function.
  var region: TaskRegion { TaskRegion(count: taskCount) { self.runTask($0) } }
}
