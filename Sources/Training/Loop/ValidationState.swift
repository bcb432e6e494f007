/// The evaluations of a run so far, as `state.json` keeps them.
struct ValidationState: Equatable {
  /// Tells whether the list is that of the evaluations before.
  var dataHash: String
  /// The metric that says what is best; nil: none was named.
  var metric: String?
  var best: Best?
  /// Evaluations since the best one.
  var since = 0

  /// The best evaluation.
  struct Best: Equatable {
    var step: Int
    var value: Double
  }

  init(dataHash: String, metric: String?) {
    self.dataHash = dataHash
    self.metric = metric
  }

  /// nil for what `json` never gave.
  init?(_ json: JSON) {
    guard let hash = json["data_hash"]?.stringValue, let since = json["since_best"]?.intValue, since >= 0 else {
      return nil
    }
    dataHash = hash
    metric = json["metric"]?.stringValue
    self.since = since
    if let best = json["best"], !best.isNull {
      guard let step = best["step"]?.intValue, step >= 0, let value = best["value"]?.doubleValue else { return nil }
      self.best = Best(step: step, value: value)
    }
  }

  var json: JSON {
    [
      "data_hash": .string(dataHash), "metric": metric.map { .string($0) } ?? .null,
      "best": best.map { ["step": .integer($0.step), "value": .number($0.value)] } ?? .null,
      "since_best": .integer(since),
    ]
  }

  /// Takes the evaluation of a step; true if it is strictly better than all before it. A value that is not defined is never
  /// better.
  mutating func add(_ value: MetricOutcome.Value?, step: Int) -> Bool {
    guard let value, let number = value.value, number.isFinite else {
      since += 1
      return false
    }
    if let best, value.largerIsBetter ? number <= best.value : number >= best.value {
      since += 1
      return false
    }
    best = Best(step: step, value: number)
    since = 0
    return true
  }
}
