/// The sentences of phantom reports. A word in braces is a slot; no word around a slot depends on what fills it (no
/// article or number that would give it away), and nothing is said twice.
///
/// Wordings of one sentence have the same number of tokens and nothing in them is left to chance but the wording
/// itself: what a model cannot restore from the language it can only restore from the image.
enum ReportLanguage {
  /// The exposure of a grey film, in three wordings.
  static let exposure = ["Exposure {exposure}.", "Film {exposure}.", "Radiograph {exposure}."]
  /// The exposures of three energy channels, in three wordings.
  static let energies = [
    "Channels {low}, {middle}, {high}.", "Energies {low}, {middle}, {high}.", "Spectrum {low}, {middle}, {high}.",
  ]
  /// Further sentences about the whole of the picture, in the order in which they are written, each in three wordings.
  static let appearance = [
    [
      "{habitus} build, {inspiration} inspiration, {texture} lungs.",
      "Build {habitus}, inspiration {inspiration}, lungs {texture}.",
      "{habitus} patient, {inspiration} effort, {texture} parenchyma.",
    ],
    [
      "{heart} heart, {bones} ribs, {abdomen} abdomen.",
      "Heart {heart}, ribs {bones}, abdomen {abdomen}.",
      "{heart} silhouette, {bones} skeleton, {abdomen} belly.",
    ],
    ["Hardware: {device}.", "Devices: {device}.", "Metal: {device}."],
  ]
  static let focal = [
    "{size} {kind}, {side} {zone} zone.",
    "{size} {kind}, {side} {zone} lung.",
    "{size} {kind}, {side} {zone} field.",
  ]
  static let pleural = [
    "{size} {kind}, {side} side.", "{size} {kind}, {side} hemithorax.", "{size} {kind}, {side} chest.",
  ]
  static let unremarkable = ["No focal abnormality.", "No focal finding.", "No focal lesion."]

  static let templates: [String] = exposure + energies + appearance.flatMap { $0 } + focal + pleural + unremarkable

  /// Every word and punctuation mark a report can hold, in lower case, sorted, each once.
  static let vocabulary: [String] = {
    var words = Set(PhantomAppearance.vocabulary + PhantomFinding.vocabulary)
    for template in templates {
      var inSlot = false
      var word = ""
      for character in template.lowercased() {
        if character.isLetter {
          word.append(character)
          continue
        }
        if !word.isEmpty, !inSlot { words.insert(word) }
        word = ""
        if character == "{" { inSlot = true } else if character == "}" { inSlot = false }
      }
    }
    return words.sorted()
  }()
}
