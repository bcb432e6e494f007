import Metrics

extension StudySummary {
  /// The tables for people.
  var markdown: String {
    let label = program.label(of: plan.metric)
    let seeds = plan.seeds.map { "\($0)" }.joined(separator: ", ")
    let spread = plan.seeds.count > 1 ? ", mean ± standard deviation over seeds" : ""
    var blocks = [
      "# \(title)",
      "\(label) (`\(plan.metric)`)\(spread), on \(files.test). Program: \(program.model), IR hash `\(program.irHash)`. "
        + (plan.seeds.count > 1 ? "Seeds: \(seeds)." : "Seed: \(seeds)."),
      table(
        ["labels"] + plan.initialWeights.map(\.name),
        plan.shares.map { share in
          [share.percent] + plan.initialWeights.map { cell($0, share).map { Self.text($0.summary) } ?? "" }
        }),
    ]
    if !comparisons.isEmpty {
      blocks.append("## Differences")
      blocks.append(
        table(
          ["labels", "compared", "difference", "paired t-test", "Welch's t-test"],
          comparisons.map {
            [
              $0.share.percent, "\($0.first) − \($0.second)", Self.signed($0.outcome.difference, 4),
              Self.text($0.outcome.paired), Self.text($0.outcome.welch),
            ]
          }))
    }
    blocks.append(note)
    return blocks.joined(separator: "\n\n") + "\n"
  }

  private var note: String {
    if plan.seeds.count < 2 {
      return "With one seed there is no standard deviation" + (comparisons.isEmpty ? "." : " and no p.")
    }
    if comparisons.isEmpty { return "The standard deviation is that of a sample (n − 1)." }
    return
      "Paired: the differences at equal seeds, against 0. Welch: both groups for themselves. p is two-sided and not "
      + "corrected for the number of comparisons; — stands where values, or differences, do not vary."
  }

  private func table(_ titles: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = "|" + titles.indices.map { $0 == 0 ? "---|" : "---:|" }.joined()
    return ([line(titles), rule] + rows.map(line)).joined(separator: "\n")
  }

  private static func text(_ summary: SampleSummary) -> String {
    summary.mean.fixed(4) + (summary.standardDeviation.map { " ± " + $0.fixed(4) } ?? "")
  }

  private static func text(_ test: TTest?) -> String {
    guard let test else { return "—" }
    let p = test.p < 0.0001 ? "p < 0.0001" : "p = " + test.p.fixed(4)
    return "\(p) (t = \(signed(test.statistic, 2)), df = \(test.degreesOfFreedom.significant(3)))"
  }

  private static func signed(_ value: Double, _ digits: Int) -> String {
    (value < 0 ? "−" : "+") + abs(value).fixed(digits)
  }
}
