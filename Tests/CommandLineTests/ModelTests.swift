import Glibc
import Support
import Testing

extension CommandLineTests {
  @Suite struct ModelTests {
    /// One record of mrm-nano.
    private func saveBatch(_ path: String, step: Int32? = nil, token: Int32 = 5) throws {
      var tensors: [(SafeTensors.Entry, [UInt8])] = []
      func add<Element: BitwiseCopyable>(
        _ name: String, _ dtype: SafeTensors.DType, _ shape: [Int], _ values: [Element]
      ) {
        tensors.append((.init(name: name, dtype: dtype, shape: shape), values.withUnsafeBytes { Array($0) }))
      }
      add("image", .f32, [1, 3, 64, 64], (0..<3 * 64 * 64).map { sin(Float($0)) })
      add("noise", .f32, [1, 16], (0..<16).map { Float($0 * 7 % 16) / 16 })
      add("ids", .i32, [1, 12], (0..<12).map { $0 % 3 == 1 ? 3 : token + Int32($0) })
      add("labels", .i32, [1, 12], (0..<12).map { 5 + Int32($0) })
      add("attention_mask", .i32, [1, 12], [Int32](repeating: 1, count: 12))
      if let step {
        add("lr", .f32, [], [1e-3 as Float])
        add("step", .i32, [], [step])
      }
      let writer = try SafeTensorsWriter(path: path, tensors: tensors.map(\.0))
      for tensor in tensors { try writer.write(tensor.1) }
      try writer.finish()
    }

    @Test func aStepLowersTheLossAndIsTheSameTwice() throws {
      let scratch = try ScratchDirectory()
      try saveBatch(scratch.path + "/in.safetensors", step: 1)
      func step(_ output: String) throws -> SafeTensorsReader {
        let outcome = try Tool.run(
          "mrmc run mrm-nano --function train_step --set dropout=0 --init 1 --inputs in.safetensors --outputs \(output)",
          in: scratch.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try SafeTensorsReader(path: scratch.path + "/" + output)
      }
      let first = try step("a.safetensors")
      _ = try step("b.safetensors")
      #expect(try readFile(scratch.path + "/a.safetensors") == readFile(scratch.path + "/b.safetensors"))
      #expect(try first.floats("grad_norm")[0] > 0)
      #expect(try first.floats("loss")[0].isFinite)
      #expect(first["exp_avg_sq.blocks.0.attn.qkv.weight"]?.shape == [96, 32])
    }

    /// What a step gives, its losses too, may stand in the file of the next.
    @Test func resultsOfAStepAreArgumentsOfTheNext() throws {
      let scratch = try ScratchDirectory()
      let command = "mrmc run mrm-nano --function train_step --init 1 --inputs in.safetensors --outputs out.safetensors"
      try saveBatch(scratch.path + "/in.safetensors", step: 1)
      #expect(try Tool.run(command, in: scratch.path).status == 0)
      let readers = try ["in", "out"].map { try SafeTensorsReader(path: "\(scratch.path)/\($0).safetensors") }
      let tensors = readers.flatMap { reader in reader.tensors.map { (reader, $0) } }
      let writer = try SafeTensorsWriter(
        path: scratch.path + "/both.safetensors",
        tensors: tensors.map { SafeTensors.Entry(name: $1.name, dtype: $1.dtype, shape: $1.shape) })
      for (reader, entry) in tensors { try writer.write(try reader.bytes(entry.name)) }
      try writer.finish()
      let next = try Tool.run("mv both.safetensors in.safetensors && \(command)", in: scratch.path)
      #expect(next.status == 0 && next.errors.contains("grad_norm"), "\(next.errors)")
    }

    @Test func maskIsF32AndHidesThreeQuarters() throws {
      let scratch = try ScratchDirectory()
      try saveBatch(scratch.path + "/in.safetensors")
      let outcome = try Tool.run(
        "mrmc run mrm-nano --function loss --init 1 --select mask --inputs in.safetensors --outputs out.safetensors",
        in: scratch.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try SafeTensorsReader(path: scratch.path + "/out.safetensors").floats("mask").reduce(0, +) == 12)
    }

    @Test func aStepBelowOneAndATokenOutsideTheVocabularyAreRefused() throws {
      let scratch = try ScratchDirectory()
      try saveBatch(scratch.path + "/in.safetensors", step: 0)
      let command = "mrmc run mrm-nano --function train_step --init 1 --inputs in.safetensors --outputs out.safetensors"
      let early = try Tool.run(command, in: scratch.path)
      #expect(early.status == 65 && early.error.contains("step is 0"))
      try saveBatch(scratch.path + "/in.safetensors", step: 1, token: 60)
      let outside = try Tool.run(command, in: scratch.path)
      #expect(outside.status == 65 && outside.error.contains("\"ids\""), "\(outside.errors)")
      #expect(fileKind(scratch.path + "/out.safetensors") == .absent)
    }

    @Test func parametersMustBeGivenOrStarted() throws {
      let scratch = try ScratchDirectory()
      try saveBatch(scratch.path + "/in.safetensors")
      let outcome = try Tool.run(
        "mrmc run mrm-nano --function loss --inputs in.safetensors --outputs out.safetensors", in: scratch.path)
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("cls_token F32 [1, 1, 32]") && outcome.errors.contains("--init"))
    }

    @Test(arguments: ["loss", "loss_and_grads", "train_step"])
    func compiledAndInterpretedAgree(_ function: String) throws {
      let outcome = try Tool.run("mrmc diff mrm-nano --batch 1 --function \(function)")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(outcome.output.contains("agree"))
    }

    /// Roundings that fall otherwise are no fault; a node that is wrong on its own operands is.
    @Test(arguments: ["-O0", "-O2"])
    func compiledAndInterpretedAgreeInBF16(_ level: String) throws {
      let outcome = try Tool.run("mrmc diff mrm-nano --batch 2 --precision bf16 \(level) --function loss_and_grads")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      #expect(outcome.output.contains("nodes agree, each on its own operands"))
      let strict = try Tool.run(
        "mrmc diff mrm-nano --batch 2 --precision bf16 \(level) --function loss_and_grads --tolerance 1e-9")
      #expect(strict.status == 1 && strict.output.contains("layer: "), "\(strict.output)\(strict.errors)")
    }

    @Test(arguments: ["graph", "grad", "fused", "buffer", "llvm", "asm"])
    func everyStagePrintsTheSameTwice(_ stage: String) throws {
      let command = "mrmc ir mrm-nano --batch 1 --stage \(stage) --function loss"
      let outcome = try Tool.run("\(command)")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.count > 1000)
      #expect(outcome.output == (try Tool.run(command).output))
    }

    @Test func dumpsAreNumberedInOrder() throws {
      let scratch = try ScratchDirectory()
      let outcome = try Tool.run(
        "mrmc ir mrm-nano --batch 1 --stage buffer --function loss -o /dev/null --dump-phases \(scratch.path)/d --time-passes"
      )
      #expect(outcome.status == 0, "\(outcome.errors)")
      let names = directoryEntries(scratch.path + "/d")
      #expect(names.first == "mrm-nano.00.graph.tir")
      #expect(names.last?.hasSuffix(".buffer.bir") == true)
      #expect(names.contains { $0.hasSuffix(".cse.tir") })
      #expect(outcome.errors.contains("pass cse"))
    }

    @Test func dryRunsSayBytesFLOPsAndKernelsAndWriteNothing() throws {
      let scratch = try ScratchDirectory()
      let outcome = try Tool.run("mrmc build mrm-tiny --batch 2 -o \(scratch.path)/p --dry-run")
      #expect(outcome.status == 0, "\(outcome.errors)")
      for word in ["train_step", "accumulate", "apply", "bytes", "FLOP", "kernels"] {
        #expect(outcome.output.contains(word))
      }
      #expect(directoryEntries(scratch.path).isEmpty)
    }

    @Test func aMemoryBudgetSaysWhatItCosts() throws {
      func peak(_ flags: String) throws -> (bytes: Int, text: String) {
        let outcome = try Tool.run("mrmc build mrm-tiny --batch 8 --dry-run \(flags)")
        try #require(outcome.status == 0, "\(outcome.errors)")
        let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("train_step") })
        let words = line.split(separator: " ")
        return (try #require(Int(words[2])), outcome.output)
      }
      let free = try peak("")
      #expect(!free.text.contains("computed again"))
      let budget = free.bytes * 97 / 100
      let fitted = try peak("--memory-budget \(budget)")
      #expect(fitted.bytes <= budget)
      #expect(fitted.text.contains("@train_step: ") && fitted.text.contains("kept values computed again"))
    }

    @Test func whatIsComputedAgainGivesTheSameGradients() throws {
      let dry = try Tool.run("mrmc run mrm-nano --batch 2 --function loss_and_grads --init 0 --outputs o --dry-run")
      let line = try #require(
        dry.output.split(separator: "\n").first { $0.hasPrefix("loss_and_grads") }, "\(dry.errors)")
      let peak = try #require(Int(line.split(separator: " ")[2]))
      let outcome = try Tool.run(
        "mrmc diff mrm-nano --batch 2 --function loss_and_grads --memory-budget \(peak * 97 / 100) --remarks")
      #expect(outcome.status == 0 && outcome.output.contains("agree"), "\(outcome.output)\(outcome.errors)")
      #expect(outcome.errors.contains("recompute: @loss_and_grads"))
    }

    @Test func inspectSpeaksJSON() throws {
      let outcome = try Tool.run("mrmc inspect mrm-nano --batch 1 --json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let json = try JSON.parse(outcome.output, file: "inspect")
      #expect(json["parameters"]?.intValue == 68728)
      let functions = try #require(json["functions"]?.elements)
      let calls = try #require(functions.first { $0["name"] == "train_step" }?["calls"]?.elements)
      let product = try #require(calls.first { ($0["flops"]?.doubleValue ?? 0) > 0 })
      let intensity = try #require(product["flops"]?.doubleValue) / #require(product["bytes"]?.doubleValue)
      #expect(product["intensity"]?.doubleValue == intensity && product["layer"]?.stringValue?.isEmpty == false)
    }

    @Test func theMemoryPlanIsDrawn() throws {
      let scratch = try ScratchDirectory()
      let outcome = try Tool.run("mrmc inspect mrm-nano --batch 2 --memory-svg \(scratch.path)/a.svg > /dev/null")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let model = try readTextFile(scratch.path + "/a.svg")
      #expect(model.contains("saved for the backward") && model.contains("mrm-nano @train_step"))
      let directory = try NanoProgram.directory()
      let program = try Tool.run("mrmc inspect \(directory)/program --memory-svg \(scratch.path)/b.svg")
      #expect(program.status == 0, "\(program.errors)")
      #expect(program.output.contains("FLOP per byte") && program.output.contains("encoder.blocks.0."))
      #expect(try readTextFile(scratch.path + "/b.svg") == model)
    }

    @Test func remarksTellWhichLoopsWereJoined() throws {
      let outcome = try Tool.run("mrmc ir mrm-nano --batch 1 --stage buffer --function loss --remarks -o /dev/null")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("remark: @loss: fused") && outcome.errors.contains("encoder.blocks.0."))
    }

    @Test(arguments: ["ir", "buffer", "llvm", "asm", "obj"])
    func everyFormButAProgramIsToBeHadOfAnyModel(_ form: String) throws {
      let scratch = try ScratchDirectory()
      let text = """
        func @f(%x: f32[4,8], %y: f32[8,4]) -> (z: f32[4,4]) {
          %0 = matmul %x, %y : f32[4,4]
          %1 = exp %0 : f32[4,4]
          return %1
        }
        """
      _ = try scratch.write(text, to: "f.tir")
      let outcome = try Tool.run("mrmc build f.tir --emit \(form) -o out", in: scratch.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try !readFile(scratch.path + "/out").isEmpty)
      let program = try Tool.run("mrmc build f.tir -o program", in: scratch.path)
      #expect(program.status == 64 && program.error.contains("nothing to train"))
    }
  }
}
