import BufferIR

/// What a training program gives a model and reads from it, checked when it is built: the program copies records into
/// these tensors without looking again.
struct TrainingInterface {
  private let model: String
  private let batch: Int
  private let sizes: [String: Int]
  private let parameters: Set<String>

  private static let scalars = ["seed", "lr", "step", "weight_decay", "scale"]
  private static let kept = ["exp_avg.", "exp_avg_sq.", "grad_sum."]

  /// `geometry`: the sizes of the manifest, by name.
  init(_ compilation: Compilation, geometry: [JSONMember]) {
    model = compilation.modelName
    batch = compilation.batch
    sizes = Dictionary(uniqueKeysWithValues: geometry.map { ($0.key, $0.value.intValue ?? 0) })
    let arguments = compilation.module.functions.flatMap(\.arguments)
    parameters = Set(
      arguments.compactMap { argument in
        if case .parameter = argument.role { argument.name } else { nil }
      })
  }

  /// `badData` for the first input no record provides, and for the first tensor of another type than the program's.
  func check(_ programs: [Program]) throws(Diagnostic) {
    if let name = parameters.sorted().first(where: { records[$0] != nil || Self.scalars.contains($0) }) {
      throw Diagnostic(
        .badData, "\(model): a parameter is named \"\(name)\", which a training program gives at each call: rename it")
    }
    for program in programs {
      for input in program.inputs { try check(input: input.name, input.type, of: program.name) }
      let outputs = program.name == "evaluate" ? measures : losses
      for output in program.outputs {
        guard let expected = outputs[output.name], expected != output.type else { continue }
        throw Diagnostic(
          .badData, "\(model): result \"\(output.name)\" of @\(program.name) is \(output.type), expected \(expected)")
      }
      if ["train_step", "accumulate"].contains(program.name), !program.outputs.contains(where: { $0.name == "loss" }) {
        throw Diagnostic(
          .badData, "\(model): @loss has no result \"loss\", which training reports",
          notes: ["name the first result so: graph.result(\"loss\", …)"])
      }
    }
  }

  private func check(input name: String, _ type: TensorType, of function: String) throws(Diagnostic) {
    if parameters.contains(name) || Self.kept.contains(where: { name.hasPrefix($0) }) {
      if type.element == .f32 { return }
      throw Diagnostic(
        .badData, "\(model): \"\(name)\" of @\(function) is \(type); a training program keeps parameters in f32",
        notes: ["bf16 products come with --precision bf16, from f32 parameters"])
    }
    let isScalar = Self.scalars.contains(name)
    guard let expected = isScalar ? type.with(shape: []) : records[name] else {
      throw Diagnostic(
        .badData, "\(model): @\(function) has the input \"\(name)\", which records do not provide",
        notes: ["they provide " + records.keys.sorted().map { "\($0) \(records[$0]!)" }.joined(separator: ", ")])
    }
    if type != expected {
      throw Diagnostic(
        .badData, "\(model): input \"\(name)\" of @\(function) is \(type), expected \(expected) by the model's sizes",
        notes: ["they are " + ProgramManifest.sizes.map { "\($0) \(sizes[$0]!)" }.joined(separator: ", ")])
    }
  }

  /// What is read from each record.
  private var records: [String: TensorType] {
    let tokens = TensorType(.i32, [batch, sizes["tokens"]!])
    let side = sizes["image_size"]!
    return [
      "image": TensorType(.f32, [batch, sizes["channels"]!, side, side]),
      "noise": TensorType(.f32, [batch, sizes["patches"]!]),
      "ids": tokens, "labels": tokens, "attention_mask": tokens,
    ]
  }

  private var losses: [String: TensorType] {
    let scalar = TensorType(.f32, [])
    return ["loss": scalar, "loss_image": scalar, "loss_report": scalar]
  }

  /// What `eval` and `reconstruct` read of `@evaluate`.
  private var measures: [String: TensorType] {
    let perRecord = TensorType(.f32, [batch])
    let patch = sizes["high_patch"]! * sizes["high_patch"]! * sizes["channels"]!
    let pixels = TensorType(.f32, [batch, sizes["patches"]!, patch])
    return [
      "image_error": perRecord, "report_error_sum": perRecord, "report_count": perRecord,
      "masked_correct": perRecord, "masked_count": perRecord,
      "prediction": pixels, "target": pixels, "prediction_pixels": pixels,
      "mask": TensorType(.f32, [batch, sizes["patches"]!]),
      "predicted_ids": TensorType(.i32, [batch, sizes["tokens"]!]),
    ]
  }
}

extension TensorType {
  fileprivate func with(shape: [Int]) -> TensorType { TensorType(element, shape) }
}
