/// Tells on stderr which run a study is at and how long the others will take.
struct StudyProgress {
  private let total: Int
  private var done = 0
  /// Seconds of finished runs by their share of the labels.
  private var seconds: [(share: StudyPlan.LabelShare, seconds: Double)] = []
  /// The shares of the runs that are left, that under way included.
  private var left: [StudyPlan.LabelShare]

  init(total: Int, left: [StudyPlan.LabelShare]) {
    self.total = total
    self.left = left
    done = total - left.count
  }

  /// Counts a run that an earlier process has finished.
  mutating func count(_ run: StudyRun, _ result: StudyResult) { seconds.append((run.share, result.seconds)) }

  func begin(_ run: StudyRun, from step: Int?) {
    let from = step.map { ", on from step \($0)" } ?? ""
    say("[\(done + 1)/\(total)] \(run.name): training\(from)\(remaining)")
  }

  mutating func end(_ run: StudyRun, _ result: StudyResult, metric: String) {
    done += 1
    left.removeFirst()
    seconds.append((run.share, result.seconds))
    let value = result.value(metric)?.significant(5) ?? "not defined"
    say(
      "[\(done)/\(total)] \(run.name): \(metric) \(value) at step \(result.step), in \(durationText(result.seconds))"
        + remaining)
  }

  func say(_ text: String) { StandardStream.error.line(text) }

  /// The time left, by the runs of the same share, else by all.
  private var remaining: String {
    if left.isEmpty || seconds.isEmpty { return "" }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let time = left.reduce(0) { sum, share in
      let same = seconds.filter { $0.share == share }.map(\.seconds)
      return sum + mean(same.isEmpty ? seconds.map(\.seconds) : same)
    }
    return "  ETA \(durationText(time))"
  }
}
