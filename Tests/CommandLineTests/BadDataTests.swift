import Support
import Testing

extension CommandLineTests {
  /// Bad records, weights and places, through a real training program.
  @Suite struct BadDataTests {
    private let scratch: ScratchDirectory
    private let nano: String

    init() throws {
      scratch = try ScratchDirectory()
      nano = try NanoProgram.directory()
      _ = try Tool.run("cp -r '\(nano)/data/images' '\(nano)/run' .", in: scratch.path)
    }

    /// Trains two steps on one good record and `row`.
    private func train(_ row: String, header: String = "image_path,report_content") throws -> Tool.Outcome {
      _ = try scratch.write("\(header)\nimages/000000.png,the lung is large\n\(row)\n", to: "list.csv")
      return try Tool.run(
        "'\(nano)/program' train --data list.csv --tokenizer '\(nano)/vocab.txt' --output new --steps 2 --quiet",
        in: scratch.path)
    }

    private func expect(
      _ outcome: Tool.Outcome, _ status: Int32, _ words: String...,
      location: Testing.SourceLocation = #_sourceLocation
    ) {
      #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: location)
      for word in words { #expect(outcome.error.contains(word), "\(outcome.errors)", sourceLocation: location) }
      #expect(outcome.output.isEmpty, sourceLocation: location)
    }

    private func sample(_ name: String) throws -> [UInt8] {
      try readFile(Tool.packageDirectory + "/Tests/DataTests/Samples/" + name)
    }

    @Test func aMissingColumnIsNamed() throws {
      expect(try train("images/000001.png,a", header: "image_path,report"), 65, "list.csv:1: error:", "report_content")
    }

    @Test func aMissingImageIsNamedWithItsLine() throws {
      expect(try train("images/none.png,a"), 66, "list.csv:3: error:", "images/none.png")
      #expect(fileKind(scratch.path + "/new") == .absent)
    }

    @Test(arguments: [("cut.jpg", "grey.jpg", "JPEG"), ("cut.png", "grey8.png", "PNG"), ("empty.png", "", "empty")])
    func aDamagedImageStopsTheRunWithItsLine(_ name: String, _ source: String, _ word: String) throws {
      let bytes = source.isEmpty ? [] : try sample(source)
      try AtomicFile.write(Array(bytes.prefix(bytes.count / 2)), to: scratch.path + "/images/" + name)
      expect(try train("images/\(name),a"), 65, "list.csv:3: error: image images/\(name)", word, "replace the file")
      #expect(directoryEntries(scratch.path + "/new").isEmpty)
    }

    @Test func aPNGNamedJPEGLoads() throws {
      try AtomicFile.write(try sample("png-named.jpg"), to: scratch.path + "/images/photograph.jpg")
      #expect(try train("images/photograph.jpg,the heart").status == 0)
    }

    @Test(arguments: ["", "\"\"", String(repeating: "heart ", count: 10_000)])
    func emptyAndLongReportsAreLegal(_ report: String) throws {
      let outcome = try train("images/000001.png,\(report)")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func aVocabularyTooLargeIsRefused() throws {
      let outcome = try Tool.run(
        "./program train --data data/training.csv --tokenizer data/tokenizer.json --output new --steps 1", in: nano)
      expect(outcome, 65, "data/tokenizer.json: error:", "64")
    }

    private func evaluate(_ weights: String) throws -> Tool.Outcome {
      try Tool.run(
        "'\(nano)/program' eval --data '\(nano)/data/heldout.csv' --tokenizer '\(nano)/vocab.txt' --weights \(weights)",
        in: scratch.path)
    }

    @Test(arguments: ["model.safetensors", "optimizer.safetensors", "state.json"])
    func aCheckpointCutShortIsRefused(_ name: String) throws {
      let bytes = try readFile("\(scratch.path)/run/checkpoint-2/\(name)")
      for count in [bytes.count / 2, 4, 0] {
        try AtomicFile.write(Array(bytes.prefix(count)), to: "\(scratch.path)/run/checkpoint-2/\(name)")
        let resumed = try Tool.run(
          "cd '\(nano)' && ./program train --output '\(scratch.path)/run' --resume auto --steps 3")
        expect(resumed, 65, "run/checkpoint-2/\(name)", "error:")
        #expect(resumed.errors.contains("--resume \(scratch.path)/run/checkpoint-1"), "\(resumed.errors)")
        if name == "model.safetensors" { expect(try evaluate("run/checkpoint-2"), 65, name) }
      }
      expect(try evaluate("absent.safetensors"), 66, "absent.safetensors")
    }

    @Test func weightsThatDoNotFitAreNamed() throws {
      let file = "\(scratch.path)/run/checkpoint-2/model.safetensors"
      let reader = try SafeTensorsReader(path: file)
      func save(_ name: String, _ change: (inout SafeTensors.Entry) -> Bool) throws {
        var kept: [(SafeTensors.Entry, [UInt8])] = []
        for tensor in reader.tensors {
          var entry = SafeTensors.Entry(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape)
          if change(&entry) { kept.append((entry, try reader.bytes(tensor.name))) }
        }
        let writer = try SafeTensorsWriter(path: "\(scratch.path)/\(name)", tensors: kept.map(\.0))
        for tensor in kept { try writer.write(tensor.1) }
        try writer.finish()
      }
      try save("missing") { $0.name != "cls_token" }
      expect(try evaluate("missing"), 65, "missing: error: tensor \"cls_token\" is missing")
      try save("misshaped") { entry in
        if entry.name == "cls_token" { entry.shape = [32] }
        return true
      }
      expect(try evaluate("misshaped"), 65, "cls_token", "F32 [32]", "expected F32 [1, 1, 32]")
    }

    @Test(arguments: [
      (
        "overlap",
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        UInt64?.none
      ),
      ("header", "{}", UInt64(1) << 62),
    ])
    func brokenWeightsAreRefused(_ word: String, _ header: String, _ size: UInt64?) throws {
      let count = withUnsafeBytes(of: (size ?? UInt64(header.utf8.count)).littleEndian) { Array($0) }
      try AtomicFile.write(count + Array(header.utf8) + [UInt8](repeating: 0, count: 8), to: "\(scratch.path)/bad")
      expect(try evaluate("bad"), 65, "bad: error:", word)
    }

    @Test(arguments: ["/proc/none", "list.csv/run", "list.csv"])
    func aPlaceThatCannotBeWrittenIsNamed(_ place: String) throws {
      _ = try scratch.write("image_path,report_content\nimages/000000.png,a\nimages/000001.png,b\n", to: "list.csv")
      let outcome = try Tool.run(
        "'\(nano)/program' train --data list.csv --tokenizer '\(nano)/vocab.txt' --output \(place) --steps 1",
        in: scratch.path)
      expect(outcome, 74, "\(place): error:")
    }

    @Test(arguments: ["mrmc ir mrm-nano --batch 1 --stage graph", "mrmc models", "./program info", "./program --help"])
    func resultsThatDoNotFitAreNotDone(_ command: String) throws {
      let outcome = try Tool.run("\(command) > /dev/full", in: nano)
      expect(outcome, 74, "stdout: error: cannot be written: No space left")
    }

    @Test func aDirectoryThatTakesNoFilesIsNamed() throws {
      let outcome = try Tool.run("mrmc build mrm-nano --batch 1 -o /proc/program", in: scratch.path)
      expect(outcome, 74, "/proc/program: error: cannot be written")
    }

    @Test func aDeviceIsNotReplaced() throws {
      // A pipe stands for a device: both are neither a file nor absent.
      let outcome = try Tool.run("mkfifo pipe && mrmc build mrm-nano --batch 1 -o pipe", in: scratch.path)
      expect(outcome, 74, "pipe: error: cannot be written")
      #expect(fileKind(scratch.path + "/pipe") == .other)
    }

    @Test func aFullDiskLeavesTheOldCheckpoint() throws {
      let outcome = try Tool.run(
        "cd '\(nano)' && ulimit -f 100 && ./program train --output '\(scratch.path)/run' --resume auto --steps 3 --quiet"
      )
      expect(outcome, 74, "model.safetensors: error: cannot be written")
      #expect(outcome.errors.contains("run/checkpoint-2 is whole"), "\(outcome.errors)")
      #expect(
        directoryEntries(scratch.path + "/run").filter { $0.contains("checkpoint") } == [
          "checkpoint-1", "checkpoint-2",
        ])
      #expect(try evaluate("run/checkpoint-2").status == 0)
    }
  }
}
