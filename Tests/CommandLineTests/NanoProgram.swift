import Support
import Testing

/// A training program of mrm-nano with a batch of 2, and records for it: made once for all tests.
enum NanoProgram {
  /// Holds `program`, `vocab.txt` (which fits nano's 64 tokens), `data/` and a checkpoint `run/checkpoint-2`.
  static func directory() throws -> String { try #require(made) }

  private static let made: String? = {
    let directory = Tool.packageDirectory + "/.build/command-line-tests"
    removeTree(directory)
    do {
      try makeDirectory(directory)
      let words = "[PAD] [UNK] [CLS] [MASK] the lung left right heart is large small clear opacity no and of , . :"
      try AtomicFile.write(words.split(separator: " ").joined(separator: "\n") + "\n", to: directory + "/vocab.txt")
      let outcome = try Tool.run(
        """
        mrmc build mrm-nano --batch 2 -o program && mrmc data synth data -n 4 --heldout 2 --side 96 \
        && ./program train --data data/training.csv --tokenizer vocab.txt --output run --steps 2 --lr 1e-3 \
        --save-every 1 --quiet
        """, in: directory)
      if outcome.status == 0 { return directory }
      Issue.record("\(outcome.errors)")
    } catch {
      Issue.record(error)
    }
    return nil
  }()
}
