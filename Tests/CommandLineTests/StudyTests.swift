import Glibc
import Support
import Testing

extension CommandLineTests {
  /// `mrmc study` on vit-nano with a handful of steps.
  @Suite struct StudyTests {
    /// Holds `program`, `pre.safetensors`, `training.csv`, `valid.csv` and `test.csv` with the columns a and b.
    private static let made: String? = {
      let directory = Tool.packageDirectory + "/.build/study-tests"
      removeTree(directory)
      do {
        try makeDirectory(directory)
        let outcome = try Tool.run(
          """
          mrmc build vit-nano --set labels=a,b --batch 4 -o program && mrmc data synth data -n 24 --heldout 16 --side 64 \
          && labels() { echo image_path,a,b; tail -n +2 data/$1.csv | cut -d, -f1 \
          | awk -v n=$2 'NR % 2 == n { print "data/" $0 "," int(NR / 2) % 2 "," int(NR / 4) % 2 }'; } \
          && { labels training 0; labels training 1 | tail -n +2; } > training.csv \
          && labels heldout 0 > valid.csv && labels heldout 1 > test.csv \
          && ./program train --data training.csv --output pre --steps 6 --lr 0.1 --seed 9 --quiet \
          && cp pre/checkpoint-6/model.safetensors pre.safetensors
          """, in: directory)
        if outcome.status == 0 { return directory }
        Issue.record("\(outcome.errors)")
      } catch {
        Issue.record(error)
      }
      return nil
    }()

    private let directory: String
    private let scratch: ScratchDirectory

    init() throws {
      directory = try #require(Self.made)
      scratch = try ScratchDirectory()
    }

    private static let inits = "--init scratch=none --init pre=pre.safetensors"
    private static let train = "--train '--steps 6 --lr 0.05 --eval-every 2'"
    private static let lists =
      "--program ./program --data training.csv --valid valid.csv --test test.csv --fractions 0.5"

    private func run(_ command: String) throws -> Tool.Outcome { try Tool.run(command, in: directory) }

    private func study(
      _ more: String, inits: String = inits, train: String = train, to name: String = "s"
    ) throws -> Tool.Outcome {
      try run("mrmc study \(Self.lists) \(inits) \(train) --output '\(scratch.path)/\(name)' \(more)")
    }

    private func text(_ file: String) throws -> String { try readTextFile(scratch.path + "/" + file) }

    /// Tells whether a file has been written again: files appear by a rename.
    private func identity(_ file: String) throws -> UInt {
      var status = stat()
      try #require(stat(scratch.path + "/" + file, &status) == 0, "\(file)")
      return status.st_ino
    }

    @Test func runsAreMeasuredAndCompared() throws {
      let outcome = try study("--seeds 3,5")
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try outcome.output == text("s/study.md"))
      #expect(try text("s/curve.svg").hasPrefix("<svg"))
      let json = try JSON.parse(try text("s/study.json"), file: "study.json")
      let runs = try #require(json["runs"]?.elements)
      var values: [String: [Double]] = [:]
      for run in runs {
        let name = try #require(run["init"]?.stringValue)
        let (seed, step) = try (#require(run["seed"]?.intValue), #require(run["step"]?.intValue))
        let folder = "\(scratch.path)/s/runs/\(name)-0.5-\(seed)"
        let checkpoints = directoryEntries(folder).filter { $0.contains("best-") || $0.contains("checkpoint-") }
        #expect(checkpoints == ["best-\(step)"])
        // The program itself says the same of that checkpoint.
        let measured = try self.run("./program eval --data test.csv --weights '\(folder)/best-\(step)' --json")
        let auc = try JSON.parse(measured.output, file: "eval")["auc"]?.doubleValue
        #expect(run["value"]?.doubleValue == auc && auc != nil)
        values[name, default: []].append(try #require(auc))
        let config = try JSON.read(path: folder + "/config.json")["train"]
        #expect(config?["seed"]?.stringValue == "\(seed)" && config?["fraction"]?.doubleValue == 0.5)
        #expect((config?["init_weights"]?.isNull == true) == (name == "scratch"))
      }
      let (scratchValues, preValues) = try (#require(values["scratch"]), #require(values["pre"]))
      #expect(scratchValues.count == 2 && preValues.count == 2)
      for (cell, values) in zip(try #require(json["cells"]?.elements), [scratchValues, preValues]) {
        #expect(abs(try #require(cell["mean"]?.doubleValue) - (values[0] + values[1]) / 2) < 1e-12)
        #expect(abs(try #require(cell["sd"]?.doubleValue) - abs(values[0] - values[1]) / 2.0.squareRoot()) < 1e-12)
      }
      let differences = zip(preValues, scratchValues).map { $0 - $1 }
      let comparison = try #require(json["comparisons"]?[0])
      #expect(comparison["names"] == ["pre", "scratch"])
      #expect(abs(try #require(comparison["difference"]?.doubleValue) - (differences[0] + differences[1]) / 2) < 1e-12)
      // With one degree of freedom Student's distribution is Cauchy's.
      if differences[0] != differences[1] {
        let t = (differences[0] + differences[1]) / abs(differences[0] - differences[1])
        #expect(abs(try #require(comparison["paired"]?["p"]?.doubleValue) - (1 - 2 / Double.pi * atan(abs(t)))) < 1e-9)
      }
      let lines = try text("s/study.csv").split(separator: "\n")
      #expect(lines.count == 5 && lines[0].hasPrefix("init,fraction,seed,step,records,loss,auc,"))
      #expect(lines[1].hasPrefix("scratch,0.5,3,") && lines[4].hasPrefix("pre,0.5,5,"))
    }

    @Test func aKilledStudyGoesOnWhereItStopped() throws {
      let train = Self.train + " --train '--save-every 1 --accumulate 300'"
      let whole = try study("--seeds 0,1", train: train, to: "whole")
      try #require(whole.status == 0, "\(whole.errors)")
      // What runs the tests may ignore the signal, and a study leaves that as it is.
      let killed = try run(
        """
        env --default-signal=TERM '\(#require(Tool.path))' study \(Self.lists) \(Self.inits) \(train) --seeds 0,1 --output '\(scratch.path)/killed' & pid=$!
        until [ -s '\(scratch.path)/killed/runs/pre-0.5-0/log.jsonl' ]; do sleep 0.02; done
        kill -TERM $pid; wait $pid
        """)
      #expect(killed.status == 143 && killed.errors.contains("goes on where it stopped"), "\(killed.errors)")
      #expect(fileKind(scratch.path + "/killed/study.json") == .absent)
      let done = try identity("killed/runs/scratch-0.5-0/result.json")
      let listed = try study("--seeds 0,1 --dry-run", train: train, to: "killed").output.split(separator: "\n")
      #expect(listed[0].hasPrefix("scratch-0.5-0  done, auc "), "\(listed)")
      #expect(listed[1].hasPrefix("pre-0.5-0  begun, step "), "\(listed)")
      #expect(listed[2...] == ["scratch-0.5-1  to do", "pre-0.5-1  to do"], "\(listed)")
      let resumed = try study("--seeds 0,1", train: train, to: "killed")
      try #require(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("[2/4] pre-0.5-0: training, on from step "), "\(resumed.errors)")
      #expect(!resumed.errors.contains("scratch-0.5-0"))
      #expect(try identity("killed/runs/scratch-0.5-0/result.json") == done)
      for file in ["study.json", "study.csv", "study.md", "curve.svg"] {
        #expect(try text("killed/" + file) == text("whole/" + file), "\(file)")
      }
      #expect(resumed.output == whole.output)
    }

    @Test func changedInputsAreNamedAndDoneAgainOnlyWhenAsked() throws {
      try #require(try study("--seeds 0").status == 0)
      let others = try identity("s/runs/scratch-0.5-0/result.json")
      let weights = try study("--seeds 0 --dry-run", inits: "--init scratch=none --init pre=pre/checkpoint-6")
      // The same bytes under another name.
      #expect(weights.output.contains("pre-0.5-0  done"), "\(weights.output)\(weights.errors)")
      let metric = try study("--seeds 0 --metric loss")
      #expect(metric.status == 64 && metric.error.contains("runs/scratch-0.5-0: error: "), "\(metric.errors)")
      #expect(metric.error.contains("--metric") && metric.errors.contains("--redo"))
      _ = try run("./program train --data training.csv --output '\(scratch.path)/w' --steps 1 --quiet")
      let other = "--init scratch=none --init pre='\(scratch.path)/w/checkpoint-1'"
      let refused = try study("--seeds 0", inits: other)
      #expect(refused.status == 64 && refused.error.contains("pre-0.5-0"), "\(refused.errors)")
      #expect(refused.error.contains("the initial weights"))
      let redone = try study("--seeds 0 --redo", inits: other)
      #expect(redone.status == 0 && redone.errors.contains("pre-0.5-0: training"), "\(redone.errors)")
      #expect(try identity("s/runs/scratch-0.5-0/result.json") == others)
      #expect(try study("--seeds 0", inits: other).errors.isEmpty)
    }

    @Test func oneSeedHasNoSpreadAndNoSignificance() throws {
      let outcome = try study("--seeds 7")
      #expect(outcome.status == 0 && outcome.output.contains("With one seed there is no standard deviation and no p."))
      #expect(!outcome.output.contains("±") && !outcome.output.contains("p ="), "\(outcome.output)")
      let json = try JSON.parse(try text("s/study.json"), file: "study.json")
      #expect(json["cells"]?[0]?["sd"]?.isNull == true && json["comparisons"]?[0]?["welch"]?.isNull == true)
    }

    @Test func aStudyFileBuildsItsModelOnce() throws {
      let file = try scratch.write(
        """
        {"model": "vit-nano", "set": {"labels": "a,b"}, "batch": 4, "data": "\(directory)/training.csv",
         "test": "\(directory)/test.csv", "inits": {"scratch": null}, "fractions": [{"fraction": 0.5, "flags": ["--steps", "2"]}, 1],
         "seeds": [1], "train": ["--steps", "3"], "output": "out"}
        """, to: "study.json")
      let outcome = try run("mrmc study '\(file)' --title 'A title'")
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.hasPrefix("# A title\n"))
      let built = try identity("out/program")
      let json = try JSON.parse(try text("out/study.json"), file: "study.json")
      // Without --valid the last checkpoint is measured.
      #expect(json["runs"]?.elements?.map { $0["step"]?.intValue } == [2, 3])
      let again = try run("mrmc study '\(file)' --title 'A title'")
      #expect(again.status == 0 && again.errors.isEmpty && again.output == outcome.output, "\(again.errors)")
      #expect(try identity("out/program") == built)
      let other = try run("mrmc study '\(file)' --set head=nonlinear")
      #expect(other.status == 64 && other.error.contains("out/program: error: was built otherwise"), "\(other.errors)")
    }

    @Test(arguments: [
      ("--fractions 0.5,1.5", 64, "--fractions 1.5: expected more than 0 and at most 1"),
      ("--fractions 0", 64, "--fractions 0: expected more than 0"), ("--seeds 1,1", 64, "--seeds 1 is there twice"),
      ("--seeds a", 64, "--seeds a: expected numbers"), ("--init b=absent.safetensors", 66, "absent.safetensors"),
      ("--init 'a/b=none'", 64, "--init \"a/b\""), ("--metric acu", 64, "--metric acu"),
      ("--test absent.csv", 66, "absent.csv"), ("--test data/heldout.csv", 65, "data/heldout.csv:1"),
      ("--valid data/heldout.csv", 65, "data/heldout.csv:1"), ("--init b=training.csv", 65, "training.csv"),
      ("--train '--nonsense 3'", 64, "--nonsense"), ("--train '--seed 3'", 64, "--train --seed"),
      ("--train '0.3=--lr 1'", 64, "no such fraction"), ("--program training.csv", 65, "training.csv"),
      ("--program absent", 66, "absent"), ("--set labels=a", 64, "--set"),
    ])
    func badInputIsRefusedBeforeAnythingRuns(_ flags: String, _ code: Int32, _ words: String) throws {
      let outcome = try study("--seeds 0 " + flags)
      #expect(outcome.status == code && outcome.error.contains(words), "\(outcome.status) \(outcome.errors)")
      #expect(outcome.output.isEmpty && fileKind(scratch.path + "/s/runs") == .absent)
    }

    @Test func whatIsMissingIsSaid() throws {
      #expect(try study("").error.contains("--seeds is missing"))
      let outcome = try run("mrmc study --program ./program --seeds 0 --fractions 1 --output '\(scratch.path)/s'")
      #expect(outcome.status == 64 && outcome.error.contains("--init is missing"))
      #expect(fileKind(scratch.path + "/s") == .absent)
    }

    @Test(arguments: [
      (#"{"sedes": [0]}"#, "sedes: there is no such key", "did you mean seeds?"),
      (#"{"fractions": [{"fraction": 0.5, "flag": []}]}"#, "fractions[0].flag: there is", "did you mean flags?"),
      (#"{"fractions": [2]}"#, "fractions 2: expected more than 0", ""),
      (#"{"seeds": [-1]}"#, "seeds[0]: expected a whole number", ""),
      (#"{"train": ["--output", "x"]}"#, "train --output: the study gives this flag itself", ""),
      (#"{"inits": ["mae"]}"#, "inits: expected an object", ""), (#"{"seeds": [0]"#, "", ""),
    ])
    func badStudyFilesAre65(_ json: String, _ words: String, _ note: String) throws {
      let file = try scratch.write(json, to: "study.json")
      let outcome = try run("mrmc study '\(file)'")
      #expect(
        outcome.status == 65 && outcome.error.hasPrefix(file) && outcome.error.contains(words), "\(outcome.errors)")
      #expect(outcome.errors.contains(note))
    }

    @Test func listingWritesNothing() throws {
      let outcome = try study("--seeds 0,1 --dry-run")
      #expect(outcome.output == "scratch-0.5-0  to do\npre-0.5-0  to do\nscratch-0.5-1  to do\npre-0.5-1  to do\n")
      #expect(outcome.status == 0 && fileKind(scratch.path + "/s") == .absent)
    }
  }
}
