/// Writes the report of a record: the appearance in a fixed order, then the findings, each sentence in one of several
/// wordings.
enum ReportWriter {
  static func write(
    _ appearance: PhantomAppearance, _ findings: [PhantomFinding], random: inout PhantomRandom
  ) -> String {
    let looks = appearance.words
    let exposure = appearance.exposures.count == 1 ? ReportLanguage.exposure : ReportLanguage.energies
    var sentences = ([exposure] + ReportLanguage.appearance).map { fill(random.pick($0), looks) }
    sentences += findings.map { finding in
      let templates = finding.kind.isPleural ? ReportLanguage.pleural : ReportLanguage.focal
      return fill(
        random.pick(templates),
        [
          ("size", finding.size.rawValue), ("kind", finding.kind.rawValue), ("side", finding.side.rawValue),
          ("zone", finding.zone?.rawValue ?? ""),
        ])
    }
    if findings.isEmpty { sentences.append(random.pick(ReportLanguage.unremarkable)) }
    return sentences.joined(separator: " ")
  }

  /// Puts the words into the slots of a template and a capital at the start of each of its sentences.
  static func fill(_ template: String, _ slots: [(name: String, word: String)]) -> String {
    var text = ""
    var slot: String?
    var capital = true
    func put(_ character: Character) {
      text += capital && character.isLetter ? character.uppercased() : String(character)
      if character.isLetter { capital = false } else if character == "." { capital = true }
    }
    for character in template {
      switch (character, slot) {
      case ("{", _): slot = ""
      case ("}", let name?):
        guard let word = slots.first(where: { $0.name == name })?.word else {
          preconditionFailure("no word for the slot \(name)")
        }
        slot = nil
        for letter in word { put(letter) }
      case (_, let name?): slot = name + String(character)
      default: put(character)
      }
    }
    return text
  }
}
