import BufferIR
import Models

/// The seam between a task and the functions of its program, checked when it is built: the program copies records into
/// their inputs and reads metrics from their results without looking again.
struct TaskInterface {
  private let model: String
  private let task: Task
  private let batch: Int
  private let parts: [FeedPort: TensorType]

  init(_ model: String, _ task: Task, batch: Int) {
    self.model = model
    self.task = task
    self.batch = batch
    parts = Dictionary(uniqueKeysWithValues: task.parts(batch: batch).map { ($0.port, $0.type) })
  }

  /// `badData` for the first input that nothing gives, and for the first tensor of another type than the task's.
  func check(_ programs: [Program]) throws(Diagnostic) {
    typealias Name = ProgramDescription.FunctionName
    for program in programs {
      for input in program.inputs { try check(input, of: program.name) }
      if [Name.step, Name.accumulate].contains(program.name), program.signature.outputs(.loss).count != 1 {
        throw Diagnostic(
          .badData, "\(model): @loss has \(program.signature.outputs(.loss).count) results of role loss, expected one",
          notes: ["name the loss that is trained so: graph.result(\"loss\", …, role: .loss)"])
      }
    }
    if let evaluate = programs.first(where: { $0.name == Name.evaluate }) {
      try check(measures: evaluate.signature)
    } else if let metric = task.metrics.first {
      throw Diagnostic(
        .badData, "\(model) states the metric \(metric.name), and has no function @evaluate to read it from")
    }
  }

  private func check(_ input: Argument, of function: String) throws(Diagnostic) {
    switch input.role {
    case .scalar: return
    case .parameter, .state:
      if input.type.element == .f32 { return }
      throw Diagnostic(
        .badData,
        "\(model): \"\(input.name)\" of @\(function) is \(input.type); a training program keeps parameters in f32",
        notes: ["bf16 products come with --precision bf16, from f32 parameters"])
    case .input(let port):
      guard let port, let expected = parts[port] else {
        let known = task.parts(batch: batch).map { "\($0.port) \($0.type)" }.joined(separator: ", ")
        throw Diagnostic(
          .badData, "\(model): @\(function) has the input \"\(input.name)\", which no feed of the task gives",
          notes: [known.isEmpty ? "the task has no feeds" : "they give \(known)"])
      }
      if input.type != expected {
        throw Diagnostic(
          .badData,
          "\(model): input \"\(input.name)\" of @\(function) is \(input.type), the feed \(port) gives \(expected)")
      }
    }
  }

  // MARK: Measures

  /// Results that metrics and views read are there, in the shape they are read in.
  private func check(measures function: ProgramDescription.Function) throws(Diagnostic) {
    let perRecord = TensorType(.f32, [batch])
    for metric in task.metrics {
      switch metric.kind {
      case .mean, .ratio:
        for result in metric.results { try expect(result, perRecord, function, metric.name) }
      case .combination(let terms):
        // A term that the model leaves out counts 0.
        for term in terms where term.metric == metric.name {
          throw Diagnostic(.badData, "\(model): the metric \(metric.name) is a part of itself")
        }
      case .restoredTokens(_, _, let feed):
        for result in metric.results { try expect(result, perRecord, function, metric.name) }
        guard case .tokens? = task.feed(feed)?.source else { throw noFeed(feed, "tokens", metric.name) }
      case .classification(let result, let feed), .regression(let result, let feed):
        guard case .labels(let labels)? = task.feed(feed)?.source else { throw noFeed(feed, "labels", metric.name) }
        try expect(result, TensorType(.f32, [batch, labels.columns.count]), function, metric.name)
      }
    }
  }

  private func expect(
    _ result: String, _ type: TensorType, _ function: ProgramDescription.Function, _ reader: String
  ) throws(Diagnostic) {
    guard let output = function.outputs.first(where: { $0.name == result }) else {
      throw Diagnostic(
        .badData, "\(model): the metric \(reader) reads \"\(result)\", which is no result of @\(function.name)",
        notes: ["it has: " + function.outputs.map(\.name).joined(separator: ", ")])
    }
    if output.type != type {
      throw Diagnostic(
        .badData,
        "\(model): result \"\(result)\" of @\(function.name) is \(output.type); the metric \(reader) reads \(type)")
    }
  }

  private func noFeed(_ name: String, _ kind: String, _ metric: String) -> Diagnostic {
    Diagnostic(
      .badData,
      "\(model): the metric \(metric) reads the feed \(name), and the task has no feed of \(kind) of that name",
      notes: ["it has: " + task.feeds.map(\.name).joined(separator: ", ")])
  }
}
