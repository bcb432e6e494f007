/// What the whole of a phantom looks like. Every value is one word of the report,
/// drawn independently of the others and of the findings, and shows in much of the picture: an unmasked word never tells it,
/// a few visible patches do.
public struct PhantomAppearance: Hashable, Sendable {
  /// How much light the film, or one energy channel of it, took: little leaves it pale, much makes it dark.
  public enum Exposure: String, CaseIterable, Sendable {
    case white, pale, balanced, dark, black

    /// The value, 0 to 1, that an energy channel gives to the middle of the grey scale.
    var level: Float {
      switch self {
      case .white: 0.84
      case .pale: 0.67
      case .balanced: 0.50
      case .dark: 0.33
      case .black: 0.16
      }
    }
  }
  /// The thickness of soft tissue around the chest.
  public enum Habitus: String, CaseIterable, Sendable { case slender, average, obese }
  /// The height of the lungs.
  public enum Inspiration: String, CaseIterable, Sendable { case shallow, ordinary, deep }
  /// The air in both lungs and the pattern over them.
  public enum Texture: String, CaseIterable, Sendable { case lucent, clear, nodular, hazy }
  /// The heart's share of the chest's width.
  public enum Heart: String, CaseIterable, Sendable { case normal, enlarged, massive }
  /// What is seen below the diaphragm: soft tissue, dark bowel gas, or white fluid.
  public enum Abdomen: String, CaseIterable, Sendable { case quiet, gaseous, ascitic }
  /// The density of the bones.
  public enum Bones: String, CaseIterable, Sendable { case osteopenic, intact, sclerotic }
  /// Metal in or over the patient; the apron is a lead shield over the lower body.
  public enum Device: String, CaseIterable, Sendable { case none, pacemaker, rods, electrodes, apron }

  /// That of a grey film, or those of the channels of low, middle and high energy: the picture's red, green and blue.
  public var exposures: [Exposure]
  public var habitus: Habitus
  public var inspiration: Inspiration
  public var texture: Texture
  public var heart: Heart
  public var bones: Bones
  public var abdomen: Abdomen
  public var device: Device

  init(style: PhantomStyle, random: inout PhantomRandom) {
    exposures = (0..<(style == .energies ? 3 : 1)).map { _ in random.pick(Exposure.self) }
    habitus = random.pick(Habitus.self)
    inspiration = random.pick(Inspiration.self)
    texture = random.pick(Texture.self)
    heart = random.pick(Heart.self)
    bones = random.pick(Bones.self)
    abdomen = random.pick(Abdomen.self)
    device = random.pick(Device.self)
  }

  /// Names and words, in the order of declaration.
  public var words: [(name: String, word: String)] {
    let names = exposures.count == 1 ? ["exposure"] : ["low", "middle", "high"]
    return zip(names, exposures).map { (name: $0, word: $1.rawValue) } + [
      ("habitus", habitus.rawValue), ("inspiration", inspiration.rawValue), ("texture", texture.rawValue),
      ("heart", heart.rawValue), ("bones", bones.rawValue), ("abdomen", abdomen.rawValue), ("device", device.rawValue),
    ]
  }

  /// Every word an appearance can put into a report.
  static let vocabulary: [String] =
    Exposure.allCases.map(\.rawValue) + Habitus.allCases.map(\.rawValue)
    + Inspiration.allCases.map(\.rawValue) + Texture.allCases.map(\.rawValue) + Heart.allCases.map(\.rawValue)
    + Bones.allCases.map(\.rawValue) + Abdomen.allCases.map(\.rawValue) + Device.allCases.map(\.rawValue)
}
