import Data
import Execution

/// A batch whose measures have been computed, as metrics and pictures read it.
struct EvaluatedBatch {
  let function: String
  let memory: ProgramMemory
  /// Where its tensors lie.
  let side: Int
  let tasks: BatchTasks
  let loader: BatchLoader

  /// Rows that count: those before what only fills up the last batch.
  var rows: Int { tasks.realCount }

  /// The numbers of an f32 result `[B, …]`, of the rows that count; nil where the function has no such result.
  func values(_ result: String) -> UnsafeBufferPointer<Float>? {
    memory.values(function, result, as: Float.self).map { all in
      UnsafeBufferPointer(rebasing: all[..<(all.count / loader.batch * rows)])
    }
  }

  /// The numbers of an i32 result `[B, …]`, of the rows that count.
  func integers(_ result: String) -> UnsafeBufferPointer<Int32>? {
    memory.values(function, result, as: Int32.self).map { all in
      UnsafeBufferPointer(rebasing: all[..<(all.count / loader.batch * rows)])
    }
  }

  /// Σ of an f32 result over the rows that count, in f64.
  func sum(_ result: String) -> Double? { values(result).map { $0.reduce(0) { $0 + Double($1) } } }

  /// The tensors of the feeds.
  var buffers: FeedBuffers { memory.batches[side].buffers }

  /// The first number of a feed's tensor.
  func feed<Element>(_ feed: String, _ part: String, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    buffers.pointer(FeedPort(feed, part), as: type)
  }

  /// The records of a batch whose measures are not finite end the evaluation: `nonFiniteLoss`.
  func check(_ metrics: [Metric]) throws(Diagnostic) {
    for metric in metrics {
      for result in metric.results {
        guard let values = values(result) else { continue }
        let width = values.count / max(1, rows)
        let bad = (0..<rows).filter { row in !values[row * width..<(row + 1) * width].allSatisfy(\.isFinite) }
        if bad.isEmpty { continue }
        throw Diagnostic(
          .nonFiniteLoss, "the \(metric.quantity(result)) is not finite",
          notes: bad.map { "record \(name($0))" } + ["look at these records, and at the weights"])
      }
    }
  }

  private func name(_ row: Int) -> String {
    let record = tasks.recordNames[row]
    return loader.imageShift == 0 ? record : record + " with the image of " + tasks.imageNames[row]
  }
}

extension Metric {
  /// What one of its results is called in an error: `image loss` for a metric labelled "loss, image".
  fileprivate func quantity(_ result: String) -> String {
    switch kind {
    case .mean, .ratio: label.split(separator: ", ").reversed().joined(separator: " ")
    default: "result \"\(result)\""
    }
  }
}
