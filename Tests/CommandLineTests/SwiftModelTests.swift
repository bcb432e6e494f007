import Support
import Testing

extension CommandLineTests {
  /// Models in Swift files other than those `mrmc models` lists.
  @Suite struct SwiftModelTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func run(_ command: String) throws -> Tool.Outcome { try Tool.run(command, in: scratch.path) }

    /// The Swift blocks of docs/dsl.md, in order: a classifier, a regression, an optimiser, a model of another size.
    private func blocks() throws -> [String] {
      let text = try readTextFile(Tool.packageDirectory + "/docs/dsl.md")
      var blocks: [String] = []
      for part in text.components(between: "```swift\n", and: "```\n") { blocks.append(part) }
      return blocks
    }

    /// Eight phantoms and a list of them with columns of labels.
    private func records(_ header: String, _ labels: (Int) -> String) throws {
      let made = try run("mrmc data synth data -n 8 --heldout 2 --side 96")
      try #require(made.status == 0, "\(made.errors)")
      let list = try readTextFile(scratch.path + "/data/training.csv")
      let images = list.split(separator: "\n").compactMap { line in
        line.split(separator: ",").first.map(String.init).flatMap { $0.hasPrefix("images/") ? $0 : nil }
      }
      try #require(images.count == 8)
      let rows = images.enumerated().map { "\($1),\(labels($0))" }
      _ = try scratch.write(([header] + rows).joined(separator: "\n") + "\n", to: "data/labels.csv")
    }

    @Test func theClassifierOfTheDocumentationBecomesAProgram() throws {
      _ = try scratch.write(try blocks()[0], to: "model.swift")
      let differences = try run("mrmc diff model.swift --batch 2 --set width=8 --function train_step")
      #expect(differences.status == 0, "\(differences.output)\(differences.errors)")
      let program = try run("mrmc build model.swift --batch 4 --set width=8 -o program")
      try #require(program.status == 0, "\(program.errors)")
      try records("image_path,Effusion,Nodule") { "\($0 % 2),\($0 == 3 ? "" : $0 < 5 ? "1" : "0")" }
      let trained = try run("./program train --data data/labels.csv --output run --steps 4 --warmup-steps 1 --quiet")
      #expect(trained.status == 0, "\(trained.errors)")
      let evaluated = try run("./program eval --data data/labels.csv --weights run/checkpoint-4")
      #expect(evaluated.status == 0 && evaluated.output.contains("AUROC"), "\(evaluated.output)\(evaluated.errors)")
      #expect(evaluated.output.contains("Effusion") && evaluated.output.contains("Nodule"), "\(evaluated.output)")
      let predicted = try run("./program predict --data data/labels.csv --weights run/checkpoint-4 -o -")
      #expect(predicted.status == 0 && predicted.output.split(separator: "\n").count == 9, "\(predicted.errors)")
    }

    @Test func theRegressionOfTheDocumentationBecomesAProgram() throws {
      _ = try scratch.write(try blocks()[1], to: "model.swift")
      let program = try run("mrmc build model.swift --batch 4 -o program")
      try #require(program.status == 0, "\(program.errors)")
      try records("image_path,heart,left,right") { "\(Double($0) / 8),\($0),-1.5e0" }
      let trained = try run("./program train --data data/labels.csv --output run --steps 3 --quiet")
      #expect(trained.status == 0, "\(trained.errors)")
      let evaluated = try run("./program eval --data data/labels.csv --weights run/checkpoint-3")
      #expect(evaluated.status == 0 && evaluated.output.contains("R2"), "\(evaluated.output)\(evaluated.errors)")
    }

    @Test func anOptimiserOfOnesOwnTrains() throws {
      let blocks = try blocks()
      _ = try scratch.write(
        blocks[0].replacing(".sgd(momentum: 0.9)", with: ".lion()") + "\n" + blocks[2], to: "model.swift")
      let differences = try run("mrmc diff model.swift --batch 2 --set width=8 --function train_step")
      #expect(differences.status == 0, "\(differences.output)\(differences.errors)")
      let text = try run("mrmc ir model.swift --stage grad --set width=8 --function apply")
      #expect(text.output.contains("%exp_avg.head.weight") && text.output.contains("sign"), "\(text.errors)")
    }

    @Test func aGraphWithoutATaskIsNoProgram() throws {
      _ = try scratch.write(
        """
        import Frontend

        func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
          var module = try ModuleBuilder("perceptron", options)
          try module.function("loss") { graph in
            let x = graph.input("x", .f32, [options.batch, 784])
            let y = graph.input("y", .i32, [options.batch])
            graph.result("loss", crossEntropy(linear("fc", x, features: 10), y).mean())
          }
          return module.finish()
        }

        """, to: "model.swift")
      let differences = try run("mrmc diff model.swift --batch 2 --function train_step")
      #expect(differences.status == 0, "\(differences.output)\(differences.errors)")
      let gradients = try run("mrmc run model.swift --batch 2 --function loss_and_grads --init 1 --outputs out")
      #expect(gradients.status == 65 && gradients.errors.contains("expected: x F32 [2, 784]"), "\(gradients.errors)")
      let program = try run("mrmc build model.swift --batch 2 -o program")
      #expect(program.status == 65 && program.error.contains("states no task"), "\(program.errors)")
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
      (#"graph.feed(FeedPort("image", "depth"))"#, "the task has no feed image.depth"),
      (#"graph.input("volume", .f32, [options.batch, 784])"#, "which no feed of the task gives"),
    ])
    func inputsThatNoFeedGivesAreRefused(_ input: String, _ words: String) throws {
      _ = try scratch.write(
        """
        import Models

        func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
          var module = try ModuleBuilder("odd", options)
          let task = Task(
            "odd", feeds: [.image(ImageFeed(side: 8, crop: .pretraining))], schedule: Schedule(.constant),
            recipe: Recipe(length: .steps(1), warmup: .steps(0), rate: .peak(1)))
          try module.train(task, by: .sgd())
          try module.function("loss") { graph in
            let x = \(input)
            graph.result("loss", linear("fc", x, features: 2).mean(), role: .loss)
          }
          return module.finish()
        }

        """, to: "odd.swift")
      let built = try run("mrmc build odd.swift --batch 2 -o program")
      #expect(built.status == 65 && built.errors.contains(words), "\(built.errors)")
      #expect(fileKind(scratch.path + "/program") == .absent)
    }
  }
}

extension String {
  /// The texts between marks, in order.
  fileprivate func components(between open: String, and close: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let start = rest.firstRange(of: open) {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: close) else { break }
      parts.append(String(rest[..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    return parts
  }
}
