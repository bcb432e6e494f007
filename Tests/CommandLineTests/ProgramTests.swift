import Glibc
import Support
import Testing

extension CommandLineTests {
  @Suite struct ProgramTests {
    private func directory() throws -> String { try NanoProgram.directory() }

    @Test func itStandsAlone() throws {
      let outcome = try Tool.run("ldd ./program", in: try directory())
      #expect(outcome.status == 0)
      for library in ["swift", "LLVM", "Foundation"] { #expect(!outcome.output.contains(library), "\(outcome.output)") }
    }

    @Test func itNeedsNoEnvironment() throws {
      #expect(try Tool.run("env -i ./program info", in: try directory()).status == 0)
    }

    @Test func itSaysWhatItIs() throws {
      let outcome = try Tool.run("OPENBLAS_CORETYPE= ./program info --json", in: try directory())
      try #require(outcome.status == 0, "\(outcome.errors)")
      let json = try JSON.parse(outcome.output, file: "info")
      #expect(json["model"] == "mrm-nano")
      #expect(json["batch"]?.intValue == 2)
      #expect(json["options"]?["image_mask_ratio"]?.stringValue == "0.75")
      let inspected = try Tool.run("OPENBLAS_CORETYPE= mrmc inspect ./program --json", in: try directory())
      // The same, and what each kernel does.
      let whole = try JSON.parse(inspected.output, file: "inspect")
      for member in try #require(json.members) { #expect(whole[member.key] == member.value, "\(member.key)") }
      #expect(whole["kernels"]?["train_step"]?.elements?.isEmpty == false)
    }

    @Test func itTakesTheMemoryItStates() throws {
      let outcome = try Tool.run("OPENBLAS_CORETYPE= ./program bench --runs 2", in: try directory())
      try #require(outcome.status == 0, "\(outcome.errors)")
      let json = try JSON.parse(outcome.output, file: "bench")
      #expect(json["arena_high_water_bytes"] == json["arena_bytes"], "\(outcome.output)")
      let stated = try Double(#require(json["planned_bytes"]?.intValue) + #require(json["fixed_bytes"]?.intValue))
      let peak = try Double(#require(json["peak_rss_bytes"]?.intValue))
      // The program alone is many times the plan of so small a model; its pages come as they are needed.
      #expect(peak < 1.05 * stated && peak > 0.7 * stated, "\(outcome.output)")
    }

    @Test func kernelsAreSymbolsNamedByLayer() throws {
      let outcome = try Tool.run("nm ./program | grep ' T mrm\\.encoder\\.'", in: try directory())
      #expect(outcome.status == 0 && outcome.output.contains("mrm.encoder.patch_embed"), "\(outcome.errors)")
    }

    @Test(arguments: ["graph", "grad", "fused", "buffer"])
    func itHoldsTheIRItWasCompiledFrom(_ stage: String) throws {
      let outcome = try Tool.run("./program ir --stage \(stage)", in: try directory())
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("train_step") || stage == "graph")
    }

    @Test func badFlagsAre64() throws {
      #expect(try Tool.run("./program train --nonsense", in: try directory()).status == 64)
      #expect(try Tool.run("./program", in: try directory()).status == 64)
    }

    @Test func buildsAreReproducible() throws {
      let scratch = try ScratchDirectory()
      let outcome = try Tool.run("mrmc build mrm-nano --batch 2 -o again", in: scratch.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try readFile(scratch.path + "/again") == readFile(try directory() + "/program"))
    }

    @Test func noLinkerAndNoPlaceAreSaid() throws {
      let scratch = try ScratchDirectory()
      let linker = try Tool.run("PATH=/nowhere mrmc build mrm-nano --batch 1 -o p", in: scratch.path)
      #expect(linker.status == 66 && linker.errors.contains("cc"), "\(linker.errors)")
      let place = try Tool.run("mrmc build mrm-nano --batch 1 -o no/such/p", in: scratch.path)
      #expect(place.status == 74 && place.errors.contains("no/such/p"), "\(place.errors)")
      #expect(place.errors.contains("No such file"), "\(place.errors)")
      let directory = try Tool.run("mrmc build mrm-nano --batch 1 -o .", in: scratch.path)
      #expect(directory.status == 74 && directory.errors.contains("is a directory"), "\(directory.errors)")
      let library = try Tool.run("MRMC_LIB_DIR=/nowhere mrmc build mrm-nano --batch 1 -o p", in: scratch.path)
      #expect(library.status == 66 && library.errors.contains("/nowhere"), "\(library.errors)")
      #expect(directoryEntries(scratch.path).isEmpty)
    }

    @Test(arguments: ["--batch 8", "--set lambda=2", "--precision bf16", "-O0"])
    func inspectedItTakesNoBuildFlags(_ flag: String) throws {
      let outcome = try Tool.run("mrmc inspect ./program \(flag)", in: try directory())
      #expect(outcome.status == 64 && outcome.error.contains(flag) && outcome.output.isEmpty, "\(outcome.errors)")
    }

    @Test func anObjectIsNoProgram() throws {
      let scratch = try ScratchDirectory()
      let outcome = try Tool.run(
        "mrmc build mrm-nano --batch 1 --emit obj -o n.o 2> /dev/null && mrmc inspect n.o", in: scratch.path)
      #expect(outcome.status == 65 && outcome.error.contains("n.o: error: is "), "\(outcome.errors)")
    }

    @Test func otherFormsAreWritten() throws {
      let scratch = try ScratchDirectory()
      for form in ["obj", "asm", "llvm", "buffer", "ir"] {
        let outcome = try Tool.run("mrmc build mrm-nano --batch 1 --emit \(form) -o \(form)", in: scratch.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try readFile(scratch.path + "/" + form).count > 1000)
      }
    }
  }
}
