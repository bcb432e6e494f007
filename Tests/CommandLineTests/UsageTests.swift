import Support
import Testing

extension CommandLineTests {
  @Suite struct UsageTests {
    @Test(arguments: [
      ("mrmc run mrm-nano --set nonsense=1 --function loss --outputs o", "nonsense"),
      ("mrmc build mrm-nano --set image_mask_ratio=1 --dry-run", "image_mask_ratio"),
      ("mrmc build mrm-nano --set image_mask_ratio=-0.1 --dry-run", "image_mask_ratio"),
      ("mrmc build mrm-nano --set image_mask_ratio=nan --dry-run", "image_mask_ratio"),
      ("mrmc build mrm-nano --set image_mask_ratio --dry-run", "image_mask_ratio"),
      ("mrmc build no-such-model --dry-run", "no-such-model"),
      ("mrmc build mrm-nano --precision f16 --dry-run", "f16"),
      ("mrmc build mrm-nano --batch 0 --dry-run", "--batch 0"),
      ("mrmc build mrm-nano -O9 --dry-run", "-O9"),
      ("mrmc build mrm-nano --target-cpu z80 --dry-run", "z80"),
      ("mrmc build mrm-nano --disable-pass nothing --dry-run", "nothing"),
      ("mrmc build mrm-nano --disable-pass nothing --dry-run", "share-rows"),
      ("mrmc build mrm-nano --precision bf16 --disable-pass mixed-precision --dry-run", "mixed-precision"),
      ("mrmc build mrm-nano --batch -1 --dry-run", "--batch -1"),
      ("mrmc build mrm-nano", "-o"),
      ("mrmc build mrm-nano -o ''", "-o ''"),
      ("mrmc demo --seconds inf", "--seconds inf"),
      ("mrmc demo --seconds nan", "--seconds nan"),
      ("mrmc demo --steps 0", "--steps 0"),
      ("mrmc demo --steps -1", "--steps -1"),
      ("mrmc diff mrm-nano --tolerance nan", "--tolerance nan"),
      ("mrmc diff mrm-nano --tolerance -1", "--tolerance -1"),
      ("mrmc ir mrm-nano --stage magma", "magma"),
      ("mrmc ir mrm-nano --stage grad --function losss", "losss"),
      ("mrmc ir mrm-nano --stage graph --elide=-1", "--elide -1"),
      ("mrmc run mrm-nano --function loss --init 0 --select nothing --outputs o", "nothing"),
      ("mrmc opt --pipeline nothing /dev/null", "nothing"),
      ("mrmc build mrm-nano --memory-budget 0 --dry-run", "--memory-budget 0"),
      ("mrmc build mrm-nano --memory-budget 100000 --dry-run", "needs at least"),
      ("mrmc bench nothing", "attention"),
      ("mrmc bench attention --shape width=3", "head_size"),
      ("mrmc bench attention --shape rows=0", "rows is from 1 to 16777216"),
      ("mrmc bench attention --shape masked=2", "masked is from 0 to 1"),
      ("mrmc bench step --shape rows=2", "--shape rows=2"),
      ("mrmc bench attention -r 0", "-r 0"),
      ("mrmc bench attention --dry-run", "--dry-run"),
      ("mrmc bench attention --set lambda=2", "--shape"),
      ("mrmc opt --dry-run /dev/null", "--dry-run"),
      ("mrmc opt --set lambda=2 /dev/null", "--set"),
      ("mrmc build mrm-nano -o -", "-o -"),
      ("mrmc run mrm-nano --function loss --init 0 --runs 2 --outputs -", "--runs"),
      ("mrmc inspect mrm-nano --memory-svg /dev/null --function losss", "losss"),
      ("mrmc inspect mrm-nano --json --memory-svg -", "--memory-svg -"),
      ("mrmc inspect mrm-nano --json --dry-run", "--json"),
      ("mrmc frobnicate", "frobnicate"),
      ("MRMC_DEBUG=6 mrmc build mrm-nano --dry-run", "MRMC_DEBUG=6"),
    ])
    func badUsageIs64AndNamesWhatIsWrong(_ command: String, _ word: String) throws {
      let outcome = try Tool.run(command)
      #expect(outcome.status == 64, "\(command)\n\(outcome.errors)")
      #expect(outcome.errors.contains(word), "\(command)\n\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }

    @Test(arguments: ["openblas", "emitted", "auto"])
    func everyKindOfProductsIsPlanned(_ products: String) throws {
      let outcome = try Tool.run("mrmc build mrm-nano --products \(products) --dry-run")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: [
      "ir mrm-nano --stage llvm -o made", "inspect mrm-nano --memory-svg made", "diff mrm-nano",
      "bench step --model mrm-nano -o made", "train mrm-nano",
    ])
    func aDryRunMakesNothing(_ command: String) throws {
      let scratch = try ScratchDirectory()
      let outcome = try Tool.run("mrmc \(command) --dry-run", in: scratch.path)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      #expect(outcome.output.contains("peak") && outcome.output.contains("GFLOP"))
      #expect(directoryEntries(scratch.path).isEmpty)
    }

    @Test func theEnvironmentSaysHowMuchIsTold() throws {
      let command = "mrmc ir mrm-nano --batch 1 --stage fused --function loss"
      let quiet = try Tool.run(command)
      #expect(quiet.errors.isEmpty)
      var previous = 0
      for level in [1, 2, 4, 5] {
        let outcome = try Tool.run("MRMC_DEBUG=\(level) \(command)")
        #expect(outcome.status == 0 && outcome.output == quiet.output, "\(outcome.errors)")
        #expect(outcome.errors.count > previous)
        previous = outcome.errors.count
      }
      let flag = try Tool.run("MRMC_DEBUG=5 \(command) --print-after=dce")
      #expect(flag.errors.count < previous)
    }

    @Test func anUnknownKeyListsTheKnownOnes() throws {
      let outcome = try Tool.run("mrmc build mrm-nano --set nonsense=1 --dry-run")
      #expect(outcome.errors.contains("report_loss") && outcome.errors.contains("image_mask_ratio"))
    }

    @Test func nothingMaskedIsLegal() throws {
      let outcome = try Tool.run("mrmc build mrm-nano --set image_mask_ratio=0 --dry-run")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: [
      "", "models", "build", "train", "run", "opt", "ir", "diff", "inspect", "bench", "data synth", "demo",
    ])
    func everyVerbHasHelpWithExamples(_ verb: String) throws {
      let outcome = try Tool.run("mrmc \(verb) --help")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("Examples:"))
      #expect(outcome.errors.isEmpty)
    }

    @Test func helpOfOptIsOfTheFlagsItTakes() throws {
      let help = try Tool.run("mrmc opt --help").output
      #expect(help.contains("--print-after") && !help.contains("--memory-budget"))
    }

    @Test func passesBeforeDifferentiationAreListedAndPrinted() throws {
      let list = try Tool.run("mrmc opt --list").output
      #expect(list.contains("mixed-precision") && list.contains("share-rows") && list.contains("cse"))
      let outcome = try Tool.run(
        "mrmc ir mrm-nano --batch 1 --precision bf16 --stage graph --print-after=mixed-precision -o /dev/null")
      #expect(outcome.status == 0 && outcome.errors.contains("// after mixed-precision"), "\(outcome.errors)")
    }

    @Test func modelsAreListedOnePerLine() throws {
      let outcome = try Tool.run("mrmc models")
      #expect(outcome.status == 0)
      #expect(
        outcome.output.split(separator: "\n").contains { $0.hasPrefix("mrm-vit-b16 ") && $0.contains("151,154,736") })
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionScriptsAreBuiltIn(_ shell: String) throws {
      let outcome = try Tool.run("mrmc --generate-completion-script \(shell)")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("mrmc"))
    }
  }
}
