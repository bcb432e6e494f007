import Metrics
import Pictures

/// The results of all runs of a study, put together.
struct StudySummary {
  /// The runs of one kind of initial weights with one share of the labels, in the order of the seeds.
  struct Cell {
    let weights: StudyPlan.InitialWeights
    let share: StudyPlan.LabelShare
    let values: [Double]
    let summary: SampleSummary
  }

  /// Two kinds of initial weights with the same share of the labels: the first less the second.
  struct Comparison {
    let share: StudyPlan.LabelShare
    let first: String
    let second: String
    let outcome: PairedComparison
  }

  let plan: StudyPlan
  let program: StudyProgram
  let files: StudyFiles
  let runs: [(run: StudyRun, result: StudyResult)]
  let cells: [Cell]
  let comparisons: [Comparison]

  /// `runs`: all of the plan, each with a value of the metric.
  init(_ plan: StudyPlan, _ program: StudyProgram, _ files: StudyFiles, _ runs: [(run: StudyRun, result: StudyResult)])
  {
    self.plan = plan
    self.program = program
    self.files = files
    self.runs = runs
    var cells: [Cell] = []
    var comparisons: [Comparison] = []
    for share in plan.shares {
      var row: [Cell] = []
      for weights in plan.initialWeights {
        let values = runs.filter { $0.run.weights == weights && $0.run.share == share }
          .compactMap { $0.result.value(plan.metric) }
        if let summary = SampleSummary(values) {
          row.append(Cell(weights: weights, share: share, values: values, summary: summary))
        }
      }
      for later in row.indices {
        for earlier in row[..<later] {
          if let outcome = PairedComparison(row[later].values, earlier.values) {
            comparisons.append(
              Comparison(
                share: share, first: row[later].weights.name, second: earlier.weights.name, outcome: outcome))
          }
        }
      }
      cells += row
    }
    self.cells = cells
    self.comparisons = comparisons
  }

  var title: String { plan.title ?? "\(program.model): \(program.label(of: plan.metric)) over labels" }

  func cell(_ weights: StudyPlan.InitialWeights, _ share: StudyPlan.LabelShare) -> Cell? {
    cells.first { $0.weights == weights && $0.share == share }
  }

  /// The metric over the share of the labels, a line for each kind of initial weights.
  var picture: String {
    LabelCurveSVG(
      title: title, measure: program.label(of: plan.metric),
      groups: plan.initialWeights.map { weights in
        .init(
          name: weights.name,
          points: plan.shares.compactMap { cell(weights, $0) }.map {
            .init(fraction: $0.share.fraction, values: $0.values)
          })
      }
    ).render()
  }

  /// The keys of an evaluation's plain numbers.
  var numbers: [String] { ["records"] + program.keys }

  /// A line for each run: `init,fraction,seed,step`, then every plain number of the evaluation.
  var csv: String {
    func quoted(_ text: String) -> String {
      let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      return isPlain
        ? text : "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    let keys = numbers
    var lines = [(["init", "fraction", "seed", "step"] + keys).map(quoted).joined(separator: ",")]
    for (run, result) in runs {
      let numbers = keys.map { key in
        result.evaluation[key].flatMap { $0.isNull ? nil : $0.compact } ?? ""
      }
      let fields = [run.weights.name, run.share.text, "\(run.seed)", "\(result.step)"] + numbers
      lines.append(fields.map(quoted).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
