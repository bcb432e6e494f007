/// The columns of a CSV file of scores, as `predict` writes it and `eval --scores` reads it.
struct ScoreColumns {
  /// A result of `@predict` and its columns, one for each number of a record.
  struct Result {
    var name: String
    var columns: [String]
  }

  let results: [Result]

  /// The scores that the task's metrics read, under the names of their classes; else all measures. `failure` where the
  /// function gives no numbers.
  init(_ program: ProgramDescription) throws(Diagnostic) {
    let task = program.task
    let measures = (program.function(ProgramDescription.FunctionName.predict)?.outputs(.measure) ?? []).filter {
      $0.type.element == .f32 && $0.type.rank <= 2
    }
    let read = Set(task.metrics.filter { $0.feed != nil }.flatMap(\.results))
    let chosen = measures.contains { read.contains($0.name) } ? measures.filter { read.contains($0.name) } : measures
    if chosen.isEmpty {
      throw Diagnostic(.failure, "this program's @predict gives no scores", notes: ["a score is a measure f32[B, C]"])
    }
    results = chosen.map { output in
      let width = output.type.count / program.batch
      let labels = task.metrics.first { $0.results.contains(output.name) }?.feed.flatMap { task.feed($0) }
      if case .labels(let feed) = labels?.source, feed.columns.count == width {
        return Result(
          name: output.name, columns: chosen.count == 1 ? feed.columns : feed.columns.map { "\(output.name).\($0)" })
      }
      return Result(
        name: output.name, columns: width == 1 ? [output.name] : (0..<width).map { "\(output.name).\($0)" })
    }
  }

  /// The columns of one result.
  subscript(result: String) -> [String]? { results.first { $0.name == result }?.columns }
}
