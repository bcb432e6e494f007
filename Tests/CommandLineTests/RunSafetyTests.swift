import Glibc
import Support
import Testing

extension CommandLineTests {
  /// What surrounds a training run: other processes, closed streams, limits, files that are none.
  @Suite struct RunSafetyTests {
    private let nano: String
    private let scratch: ScratchDirectory
    private let data: String

    init() throws {
      nano = try NanoProgram.directory()
      scratch = try ScratchDirectory()
      data = "--data '\(nano)/data/training.csv' --tokenizer '\(nano)/vocab.txt'"
    }

    private func run(_ command: String) throws -> Tool.Outcome { try Tool.run(command, in: scratch.path) }

    private func train(_ flags: String) throws -> Tool.Outcome { try run("'\(nano)/program' train \(flags) --quiet") }

    @Test func oneProcessWritesToARun() throws {
      let outcome = try run(
        """
        '\(nano)/program' train \(data) --output r --steps 1000000 --save-every 100000 --quiet & pid=$!
        until [ -s r/log.jsonl ]; do sleep 0.05; done
        '\(nano)/program' train --output r --resume auto; code=$?
        kill -TERM $pid; wait $pid; echo "$code $?"
        """)
      #expect(outcome.output.hasSuffix("64 143\n"), "\(outcome.output)")
      #expect(outcome.errors.contains("another process is training"), "\(outcome.errors)")
    }

    @Test func closedStreamsLeaveTheLogAlone() throws {
      let outcome = try run("'\(nano)/program' train \(data) --output r --steps 2 <&- 2>&- >&-")
      #expect(outcome.status == 74)
      let lines = try readTextFile(scratch.path + "/r/log.jsonl").split(separator: "\n")
      #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("{") }, "\(lines)")
    }

    @Test func aLimitOnAddressesIsSaid() throws {
      let outcome = try run(
        "ulimit -v 250000; timeout 60 '\(nano)/program' train \(data) --output r --steps 2 --threads 1")
      #expect(outcome.status == 1 && outcome.errors.contains("ulimit -v"), "\(outcome.status) \(outcome.errors)")
    }

    @Test func imagesAreFiles() throws {
      _ = try run("mkfifo pipe.png && printf 'image_path,report_content\\npipe.png,clear\\npipe.png,clear\\n' > l.csv")
      let outcome = try run(
        "timeout 60 '\(nano)/program' train --data l.csv --tokenizer '\(nano)/vocab.txt' --output r --steps 1")
      #expect(outcome.status == 65 && outcome.errors.contains("l.csv:2"), "\(outcome.errors)")
    }

    @Test func aRunIsResumedFromAnywhereAndNotRewritten() throws {
      _ = try run("cp -r '\(nano)/data' '\(nano)/vocab.txt' .")
      let first = try train("--data data/training.csv --tokenizer vocab.txt --output r --steps 2")
      try #require(first.status == 0, "\(first.errors)")
      let config = try readTextFile(scratch.path + "/r/config.json")
      let done = try run("mkdir elsewhere; cd elsewhere; '\(nano)/program' train --output ../r --resume auto --steps 1")
      #expect(done.status == 0 && done.errors.contains("nothing left to train"), "\(done.errors)")
      #expect(try readTextFile(scratch.path + "/r/config.json") == config)
      let on = try run("cd elsewhere; '\(nano)/program' train --output ../r --resume auto --steps 3")
      #expect(on.status == 0 && on.output.contains("checkpoint-3"), "\(on.errors)")
    }

    @Test func initialWeightsAreOfRunsThatStart() throws {
      let weights = "'\(nano)/run/checkpoint-2'"
      try #require(try train("\(data) --output r --steps 1 --init-weights \(weights)").status == 0)
      #expect(try train("--output r --resume auto --steps 2 --init-weights \(weights)").status == 0)
      #expect(try train("--output r --resume auto --steps 3 --init-weights '\(nano)/run/checkpoint-1'").status == 64)
      #expect(try train("--output r --resume r/checkpoint-1 --init-weights \(weights)").status == 64)
    }

    @Test func aRunIsNoCheckpoint() throws {
      for command in ["train --output r --resume '\(nano)/run'", "eval \(data) --weights '\(nano)/run'"] {
        let outcome = try run("'\(nano)/program' \(command)")
        #expect(outcome.status == 66 && outcome.errors.contains("run/checkpoint-2"), "\(outcome.errors)")
      }
    }

    @Test func profilesAreOpenedBeforehand() throws {
      let outcome = try train("\(data) --output r --steps 1 --profile no/such/trace.json")
      #expect(outcome.status == 74 && fileKind(scratch.path + "/r") == .absent, "\(outcome.errors)")
    }

    @Test func weightsOfUntiedTensorsAreNoneOfATiedModel() throws {
      _ = try run("mrmc build mrm-nano --batch 2 --set tie_embeddings=true -o tied")
      let outcome = try run("./tied eval \(data) --weights '\(nano)/run/checkpoint-2'")
      #expect(outcome.status == 65 && outcome.errors.contains("does not tie them"), "\(outcome.errors)")
    }

    @Test func tensorsThatAreNotUsedAreNamed() throws {
      let reader = try SafeTensorsReader(path: nano + "/run/checkpoint-2/model.safetensors")
      let more = reader.tensors + [SafeTensors.Entry(name: "foo.bar", dtype: .f32, shape: [1])]
      let writer = try SafeTensorsWriter(path: scratch.path + "/more.safetensors", tensors: more, metadata: [])
      for tensor in more {
        var bytes = [UInt8](repeating: 0, count: 4 * tensor.shape.reduce(1, *))
        try bytes.withUnsafeMutableBytes { memory in
          if reader[tensor.name] != nil { try reader.read(tensor.name, into: memory) }
          try writer.write(UnsafeRawBufferPointer(memory))
        }
      }
      try writer.finish()
      let outcome = try run("'\(nano)/program' eval \(data) --weights more.safetensors")
      #expect(
        outcome.status == 0 && outcome.errors.contains("ignored of more.safetensors: foo.bar"), "\(outcome.errors)")
    }

    /// The differentiated functions alone, without @loss, are the same program.
    @Test func emittedIRBuildsTheSameProgram() throws {
      let built = try run("mrmc build mrm-nano --batch 2 --emit ir -o m.tir && mrmc build m.tir -o program")
      try #require(built.status == 0, "\(built.errors)")
      let trained = try run("./program train \(data) --output r --steps 2 --lr 1e-3 --save-every 1 --quiet")
      #expect(trained.status == 0, "\(trained.errors)")
      let same = try run("cmp r/checkpoint-2/model.safetensors '\(nano)/run/checkpoint-2/model.safetensors'")
      #expect(same.status == 0, "\(same.output)\(same.errors)")
    }

    @Test func aModelWithoutParametersIsNoProgram() throws {
      let built = try run(
        "mrmc ir mrm-nano --batch 2 --stage graph -o g.tir && sed 's/^func @loss(/func @other(/' g.tir > n.tir "
          + "&& mrmc build n.tir -o program")
      #expect(built.status != 0 && fileKind(scratch.path + "/program") == .absent)
    }
  }
}
