import Support
import Testing

extension CommandLineTests {
  /// Models in Swift files other than those `mrmc models` lists.
  @Suite struct SwiftModelTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func run(_ command: String) throws -> Tool.Outcome { try Tool.run(command, in: scratch.path) }

    @Test func theExampleOfTheDocumentationWorksAsPrinted() throws {
      let text = try readTextFile(Tool.packageDirectory + "/docs/dsl.md")
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let start = try #require(lines.firstIndex { $0 == "```swift" })
      let end = try #require(lines[start...].firstIndex { $0 == "```" })
      _ = try scratch.write(lines[(start + 1)..<end].joined(separator: "\n") + "\n", to: "model.swift")
      let differences = try run("mrmc diff model.swift --batch 2 --set width=8 --function train_step")
      #expect(differences.status == 0, "\(differences.output)\(differences.errors)")
      let gradients = try run("mrmc run model.swift --batch 2 --function loss_and_grads --init 1 --outputs out")
      #expect(gradients.status == 65 && gradients.errors.contains("image"), "\(gradients.errors)")
      let program = try run("mrmc build model.swift --batch 2 -o program")
      #expect(program.status == 64 && program.error.contains("does not say its image_size"), "\(program.errors)")
      #expect(fileKind(scratch.path + "/program") == .absent)
    }

    @Test func namesThatTrainingUsesAreRefusedAndPrintedWordsAreNoModel() throws {
      func model(_ parameter: String) throws {
        _ = try scratch.write(
          """
          import Frontend

          func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
            var module = try ModuleBuilder("m", options)
            try module.function("loss") { graph in
              let x = graph.input("x", .f32, [options.batch])
              print("the shape is", x.shape)
              graph.result("loss", (x * graph.parameter("\(parameter)", [1], .ones)).mean())
            }
            return module.finish()
          }

          """, to: "model.swift")
      }
      try model("slope")
      let good = try run("mrmc diff model.swift --function accumulate")
      #expect(good.status == 0 && good.errors.contains("the shape is [2]"), "\(good.errors)")
      try model("scale")
      let bad = try run("mrmc diff model.swift --function accumulate")
      #expect(bad.status == 65 && bad.errors.contains("'scale'") && bad.errors.contains("rename"), "\(bad.errors)")
    }

    /// A signal to the compiler alone ends the program it waits for too, and takes temporary files away.
    @Test(arguments: [("TERM", Int32(143)), ("INT", 130)])
    func aSignalLeavesNothingBehind(_ signal: String, _ status: Int32) throws {
      _ = try scratch.write("#!/bin/sh\necho $$ > pid\nexec sleep 60\n", to: "swiftc")
      _ = try scratch.write("", to: "model.swift")
      try makeDirectory(scratch.path + "/tmp")
      let tool = try #require(Tool.path)
      let outcome = try run(
        "chmod +x swiftc && PATH=.:$PATH TMPDIR=tmp timeout --foreground --preserve-status -s \(signal) 2 "
          + "'\(tool)' ir model.swift --stage graph")
      #expect(outcome.status == status && outcome.error.contains("SIG\(signal)"), "\(outcome.errors)")
      #expect(fileKind(scratch.path + "/pid") == .file && directoryEntries(scratch.path + "/tmp").isEmpty)
      #expect(try run("kill -0 $(cat pid)").status != 0)
    }

    @Test func aSizeOfOnesOwnBecomesAProgram() throws {
      _ = try scratch.write(
        """
        import Models

        func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
          var size = MRMSize(
            name: "mrm-own", summary: "one block each", side: 32, patch: 16, channels: 1, width: 16, depth: 1, heads: 2,
            decoderWidth: 8, decoderDepth: 1, decoderHeads: 1, vocabulary: 64, tokens: 8, reportWidth: 12,
            reportDepth: 1, reportHeads: 3)
          size.heads = try options.integer("heads", default: 2)
          return try MRM.module(size, options)
        }

        """, to: "own.swift")
      let nano = try NanoProgram.directory()
      let built = try run("mrmc build own.swift --batch 2 -o program")
      try #require(built.status == 0, "\(built.errors)")
      let trained = try run(
        "./program train --data '\(nano)/data/training.csv' --tokenizer '\(nano)/vocab.txt' --output run --steps 2 --quiet"
      )
      #expect(trained.status == 0, "\(trained.errors)")
      let heads = try run("mrmc ir own.swift --stage graph --set heads=3")
      #expect(
        heads.status == 64 && heads.errors.contains("width is 16, expected a multiple of heads (3)"), "\(heads.errors)")
    }

    @Test(arguments: [
      (#"graph.input("image", .f32, [options.batch, 784])"#, Int32(65), "expected f32[2,3,64,64]"),
      (#"graph.input("volume", .f32, [options.batch, 784])"#, 65, "records do not provide"),
    ])
    func inputsThatRecordsDoNotFitAreRefused(_ input: String, _ status: Int32, _ words: String) throws {
      _ = try scratch.write(
        """
        import Frontend

        func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
          var module = try ModuleBuilder("odd", options)
          for (name, size) in [
            ("image_size", 64), ("channels", 3), ("low_patch", 8), ("high_patch", 16), ("patches", 16), ("visible", 4),
            ("tokens", 12), ("vocabulary", 64),
          ] { module.set(name, .integer(size)) }
          try module.function("loss") { graph in
            let x = \(input)
            graph.result("loss", linear("fc", x, features: 2).mean())
          }
          return module.finish()
        }

        """, to: "odd.swift")
      let built = try run("mrmc build odd.swift --batch 2 -o program")
      #expect(built.status == status && built.error.contains(words), "\(built.errors)")
      #expect(fileKind(scratch.path + "/program") == .absent)
    }
  }
}
