import Support
import Testing

extension CommandLineTests {
  /// Every verb of a program whose options take something away.
  @Suite struct OptionTests {
    @Test(arguments: [
      ("image_mask_ratio=0", Int32(0)), ("super_resolution=false", 0), ("report_objective=false", 0),
      ("image_objective=false", 64),
    ])
    func programsWithAnOptionTrainAndShow(_ option: String, _ reconstruction: Int32) throws {
      let scratch = try ScratchDirectory()
      let nano = try NanoProgram.directory()
      func run(_ command: String) throws -> Tool.Outcome { try Tool.run(command, in: scratch.path) }
      let built = try run("mrmc build mrm-nano --batch 2 --set \(option) -o program")
      try #require(built.status == 0, "\(built.errors)")
      let tokenizer = option == "report_objective=false" ? "" : " --tokenizer '\(nano)/vocab.txt'"
      let records = "--data '\(nano)/data/training.csv'" + tokenizer
      for accumulate in 1...2 {
        let trained = try run(
          "./program train \(records) --output run\(accumulate) --accumulate \(accumulate) --steps 1 --quiet")
        #expect(trained.status == 0, "\(trained.errors)")
      }
      let evaluated = try run("./program eval \(records) --weights run1/checkpoint-1")
      #expect(evaluated.status == 0, "\(evaluated.errors)")
      #expect(evaluated.output.contains("loss, report") == (option != "report_objective=false"))
      #expect(evaluated.output.contains("loss, image") == (option != "image_objective=false"))
      let shown = try run("./program reconstruct \(records) --weights run1/checkpoint-1 -o out.png -n 3")
      #expect(shown.status == reconstruction, "\(shown.errors)")
      #expect(fileKind(scratch.path + "/out.png") == (reconstruction == 0 ? .file : .absent))
      if reconstruction != 0 { #expect(shown.error.contains("image objective")) }
    }
  }
}
