/// What a finished run of a study came to.
struct StudyResult {
  /// The folder of the checkpoint that was measured, in that of the run.
  let checkpoint: String
  /// Its optimiser step.
  let step: Int
  /// `eval --json` on the test list.
  let evaluation: JSON
  /// How long training, from where it was taken up, and measuring took.
  let seconds: Double

  init(checkpoint: String, step: Int, evaluation: JSON, seconds: Double) {
    self.checkpoint = checkpoint
    self.step = step
    self.evaluation = evaluation
    self.seconds = seconds
  }

  /// nil for what `json` never gave.
  init?(_ json: JSON) {
    guard let checkpoint = json["checkpoint"]?.stringValue, let step = json["step"]?.intValue,
      let evaluation = json["evaluation"], let seconds = json["seconds"]?.doubleValue
    else { return nil }
    self.init(checkpoint: checkpoint, step: step, evaluation: evaluation, seconds: seconds)
  }

  /// The whole of `result.json`.
  func json(_ inputs: StudyInputs) -> JSON {
    [
      "inputs": inputs.json, "checkpoint": .string(checkpoint), "step": .integer(step), "evaluation": evaluation,
      "seconds": .number(seconds),
    ]
  }

  /// The value of a metric; nil where it is not defined on the records.
  func value(_ metric: String) -> Double? { evaluation[metric]?.doubleValue }
}
