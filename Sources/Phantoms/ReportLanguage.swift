/// The sentences of phantom reports. A word in braces is a slot; no word around a slot depends on what fills it (no
/// article or number that would give it away), and nothing is said twice.
enum ReportLanguage {
  static let technique = [
    "Frontal film, {exposure} exposure, {contrast} contrast, {shading} shading, {habitus} build.",
    "Exposure {exposure}, contrast {contrast}, shading {shading}, habitus {habitus}.",
    "{exposure} penetration, {shading} shading and {contrast} contrast in this {habitus} patient.",
    "Technique: {contrast}, {exposure}, {shading}. Patient {habitus}.",
    "Build {habitus}; contrast {contrast}; exposure {exposure}; shading {shading}.",
    "{contrast} radiograph of one {habitus} adult, {exposure} penetration, falloff {shading}.",
  ]
  static let lungs = [
    "{inspiration} inspiration with {texture} lungs.",
    "Lungs {texture}, inspiration {inspiration}.",
    "Lung fields are {texture} at {inspiration} inspiration.",
    "The parenchyma is {texture}; the breath is {inspiration}.",
    "{texture} parenchyma. {inspiration} inspiratory effort.",
    "Effort {inspiration}. Both lungs {texture}.",
  ]
  static let heart = [
    "Heart {heart}, bones {bones}.",
    "{heart} cardiac silhouette, {bones} skeleton.",
    "The heart is {heart} and the ribs are {bones}.",
    "Cardiac size {heart}. Bony thorax {bones}.",
    "Skeleton {bones}; heart {heart}.",
    "{bones} ribs and {heart} heart.",
  ]
  static let abdomen = [
    "Abdomen {abdomen}.", "Upper abdomen: {abdomen}.", "{abdomen} abdomen.", "Below the diaphragm: {abdomen}.",
    "The belly is {abdomen}.",
  ]
  static let device = [
    "Hardware: {device}.", "Devices: {device}.", "Overlying metal: {device}.", "Foreign material: {device}.",
    "Metal {device}.",
  ]
  static let focal = [
    "{size} {kind} in the {side} {zone} zone.",
    "{kind}, {size}, {side} {zone} zone.",
    "The {side} {zone} zone shows a {size} {kind}.",
    "A {size} {kind} projects over the {side} {zone} field.",
    "{side} {zone} field: {size} {kind}.",
    "There is a {size} {kind}, {side} {zone} lung.",
  ]
  static let pleural = [
    "{size} {kind} on the {side}.",
    "{kind}, {size}, {side} side.",
    "The {side} hemithorax shows a {size} {kind}.",
    "A {size} {kind} is seen on the {side}.",
    "{side} hemithorax: {size} {kind}.",
    "There is a {size} {kind}, {side} chest.",
  ]
  static let unremarkable = [
    "No focal abnormality.", "No focal finding is seen.", "Nothing focal.", "Otherwise unremarkable.",
  ]
  static let negative = [
    "No {kind}.", "There is no {kind}.", "Negative for {kind}.", "{kind} is not seen.", "Without {kind}.",
  ]
  static let indication = [
    "Indication: {complaint}.", "History of {complaint}.", "Referred for {complaint}.",
  ]
  static let complaint = ["cough", "fever", "pain", "dyspnea", "trauma", "screening", "weakness", "fatigue"]

  static let templates: [String] =
    technique + lungs + heart + abdomen + device + focal + pleural + unremarkable + negative + indication

  /// Every word and punctuation mark a report can hold, in lower case, sorted, each once.
  static let vocabulary: [String] = {
    var words = Set(PhantomAppearance.vocabulary + PhantomFinding.vocabulary + complaint)
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
