/// The report of a record as two flows of words: the truth with what was masked, and what the model made of it.
struct ReportFlows {
  let truth: TokenFlow
  let restored: TokenFlow
  /// Masked positions, and those restored rightly.
  private(set) var masked = 0
  private(set) var right = 0

  /// `decode` gives the piece of an id; a piece that begins with `##` and a closing mark are joined to the one before.
  /// The reading stops at `padding`, and the token at position 0 (`[CLS]`) is left out.
  init(_ record: ReconstructionRecord, padding: Int32, scale: Int, decode: (Int32) -> String) {
    var original: [[TextRun]] = []
    var answer: [[TextRun]] = []
    for position in record.ids.indices.dropFirst() {
      let label = record.labels[position]
      if label == padding { break }
      let piece = decode(label)
      let follows = [".", ",", ";", ":"].contains(piece)
      let continues = (piece.hasPrefix("##") || follows) && !original.isEmpty
      let text = continues && !follows ? String(piece.dropFirst(2)) : piece
      guard record.ids[position] != label else {
        Self.add([TextRun(text: text, colour: .ink)], to: &original, continues)
        Self.add([TextRun(text: text, colour: Colour(grey: 150))], to: &answer, continues)
        continue
      }
      masked += 1
      Self.add([TextRun(text: text, colour: .ink, ground: .marked)], to: &original, continues)
      if record.predicted[position] == label {
        right += 1
        Self.add([TextRun(text: text, colour: .right, ground: Colour(220, 244, 228))], to: &answer, continues)
      } else {
        let guess = decode(record.predicted[position])
        let runs = [
          TextRun(text: guess, colour: .wrong, ground: Colour(252, 226, 227), struck: true),
          TextRun(text: ">" + text, colour: .ink),
        ]
        Self.add(runs, to: &answer, continues)
      }
    }
    truth = TokenFlow(words: original, scale: scale)
    restored = TokenFlow(words: answer, scale: scale)
  }

  private static func add(_ runs: [TextRun], to words: inout [[TextRun]], _ continues: Bool) {
    if continues { words[words.count - 1] += runs } else { words.append(runs) }
  }
}
