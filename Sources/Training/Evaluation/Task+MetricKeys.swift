extension Task {
  /// The keys of what `eval --json` measures of each metric, the metric's own name first: what `--keep-best` may name.
  package var metricKeys: [String] {
    let context = MetricContext(task: self, results: [], tokenizer: nil, settings: EvaluationSettings(), threads: 1)
    return metrics.flatMap { $0.accumulator(context).keys }
  }
}
