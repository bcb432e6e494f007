import Glibc
import Support
import Testing

extension CommandLineTests {
  @Suite struct TrainingTests {
    @Test func programAndJITTrainToTheSameBits() throws {
      let scratch = try ScratchDirectory()
      func run(_ command: String) throws -> Tool.Outcome {
        let outcome = try Tool.run(command, in: scratch.path)
        try #require(outcome.status == 0, "\(command)\n\(outcome.errors)")
        return outcome
      }
      _ = try run("mrmc data synth data -n 8 --heldout 2 --side 128")
      _ = try run("mrmc build mrm-tiny --batch 2 -o program")
      let records = "--data data/training.csv --tokenizer data/tokenizer.json"
      let flags = "\(records) --steps 2 --lr 1e-3 --threads 2 --quiet"
      _ = try run("./program train \(flags) --output a")
      _ = try run("mrmc train mrm-tiny --batch 2 -- \(flags) --output b")
      _ = try run("cmp a/checkpoint-2/model.safetensors b/checkpoint-2/model.safetensors")
      let held = "--data data/heldout.csv --tokenizer data/tokenizer.json --weights a/checkpoint-2"
      #expect(try run("./program eval \(held)").output.contains("masked tokens"))
      _ = try run("./program reconstruct \(held) -o out.png -n 1")
      #expect(try readFile(scratch.path + "/out.png").starts(with: [0x89, 0x50, 0x4e, 0x47]))
      #expect(try Tool.run("mrmc data synth data -n 8", in: scratch.path).status == 64)
    }

    @Test func aModelInSwiftIsCompiledAndItsMistakesAreShown() throws {
      let scratch = try ScratchDirectory()
      _ = try scratch.write(
        """
        import Frontend

        func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
          let width = try options.integer("width", default: 8, in: 1...64)
          var module = try ModuleBuilder("perceptron", options)
          try module.function("loss") { graph in
            let x = graph.input("x", .f32, [options.batch, 5])
            graph.result("loss", linear("fc", x, features: width).gelu().mean())
          }
          return module.finish()
        }

        """, to: "good.swift")
      _ = try scratch.write("func model() -> Int { \"no\" }\n", to: "bad.swift")
      let good = try Tool.run("mrmc diff good.swift --set width=3 --function loss_and_grads", in: scratch.path)
      #expect(good.status == 0, "\(good.output)\(good.errors)")
      let key = try Tool.run("mrmc ir good.swift --stage graph --set depth=3", in: scratch.path)
      #expect(key.status == 64 && key.errors.contains("width"), "\(key.errors)")
      let bad = try Tool.run("mrmc ir bad.swift --stage graph", in: scratch.path)
      #expect(bad.status == 65 && bad.errors.contains("bad.swift:1:"), "\(bad.errors)")
      #expect(try Tool.run("PATH=/nowhere mrmc ir good.swift --stage graph", in: scratch.path).status == 66)
      #expect(try Tool.run("mrmc ir absent.swift --stage graph", in: scratch.path).status == 66)
    }
  }
}
