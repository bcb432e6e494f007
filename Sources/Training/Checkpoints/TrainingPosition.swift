/// Where a run stands and what it stands on: `state.json` of a checkpoint. With it and the tensors beside it the run
/// continues with the same bits.
struct TrainingPosition: Equatable {
  /// Optimiser steps done.
  var step: Int
  /// Micro-batches done; the next is read with this number.
  var microBatches: Int
  var microBatchesPerEpoch: Int
  var seed: UInt64
  var batch: Int
  var irHash: String
  /// Tells whether list and tokenizer are those the run began with.
  var dataHash: String
  /// What has been measured on held-out records; nil where nothing is.
  var validation: ValidationState?

  var epoch: Double { Double(microBatches) / Double(microBatchesPerEpoch) }

  var json: JSON {
    let members: [JSONMember] =
      validation.map { [JSONMember("validation", $0.json)] } ?? []
    let own: JSON = [
      "format": 1, "step": .integer(step), "micro_batches": .integer(microBatches),
      "micro_batches_per_epoch": .integer(microBatchesPerEpoch), "epoch": .number(epoch),
      "seed": .string(String(seed)), "batch": .integer(batch), "ir_hash": .string(irHash),
      "data_hash": .string(dataHash),
    ]
    return .object(own.members! + members)
  }

  /// Reads `state.json`.
  init(file: String) throws(Diagnostic) {
    let json = try JSON.read(path: file)
    func bad(_ key: String) -> Diagnostic {
      Diagnostic(.badData, at: SourceLocation(file: file), "\"\(key)\" is missing or malformed")
    }
    func int(_ key: String) throws(Diagnostic) -> Int {
      guard let value = json[key]?.intValue, (0...1 << 60).contains(value) else { throw bad(key) }
      return value
    }
    func text(_ key: String) throws(Diagnostic) -> String {
      guard let value = json[key]?.stringValue else { throw bad(key) }
      return value
    }
    guard try int("format") == 1 else { throw bad("format") }
    step = try int("step")
    microBatches = try int("micro_batches")
    microBatchesPerEpoch = max(1, try int("micro_batches_per_epoch"))
    guard let seed = UInt64(try text("seed")) else { throw bad("seed") }
    self.seed = seed
    batch = try int("batch")
    irHash = try text("ir_hash")
    dataHash = try text("data_hash")
    if let state = json["validation"] {
      guard let read = ValidationState(state) else { throw bad("validation") }
      validation = read
    }
  }

  init(seed: UInt64, batch: Int, microBatchesPerEpoch: Int, irHash: String, dataHash: String) {
    step = 0
    microBatches = 0
    self.microBatchesPerEpoch = microBatchesPerEpoch
    self.seed = seed
    self.batch = batch
    self.irHash = irHash
    self.dataHash = dataHash
  }

  /// Refuses to continue a run with another model, batch or data: `badData`.
  func check(continues other: TrainingPosition, file: String) throws(Diagnostic) {
    let location = SourceLocation(file: file)
    if irHash != other.irHash || batch != other.batch {
      throw Diagnostic(
        .badData, at: location,
        "the checkpoint belongs to another model or build (IR \(other.irHash), this is \(irHash))",
        notes: ["resume with the program that wrote it, or start anew with --init-weights \(directoryName(file))"])
    }
    if dataHash != other.dataHash || microBatchesPerEpoch != other.microBatchesPerEpoch {
      throw Diagnostic(
        .badData, at: location, "the checkpoint was trained on other records or with another tokenizer",
        notes: [
          "resume with the same --data, --fraction and --tokenizer, or start anew with --init-weights \(directoryName(file))"
        ]
      )
    }
    if let known = other.validation, let validation, known.dataHash != validation.dataHash {
      throw Diagnostic(
        .badData, at: location, "the checkpoint was validated on other records",
        notes: ["resume with the same --valid list"])
    }
    if seed != other.seed {
      throw Diagnostic(.usage, "--seed \(seed): the run to resume has seed \(other.seed)")
    }
  }
}
