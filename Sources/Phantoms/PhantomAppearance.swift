/// What the whole of a phantom looks like. Every value is one word of the report, drawn independently of the others and
/// of the findings, and shows in much of the picture: an unmasked word never tells it, a few visible patches do.
public struct PhantomAppearance: Hashable, Sendable {
  /// Penetration: too little leaves the film pale, too much makes it dark.
  public enum Exposure: String, CaseIterable, Sendable { case insufficient, adequate, excessive }
  /// How well edges show.
  public enum Detail: String, CaseIterable, Sendable { case sharp, blurred, grainy }
  /// The thickness of soft tissue around the chest.
  public enum Habitus: String, CaseIterable, Sendable { case slender, average, obese }
  /// The height of the lungs.
  public enum Inspiration: String, CaseIterable, Sendable { case shallow, ordinary, deep }
  /// The pattern over both lungs.
  public enum Texture: String, CaseIterable, Sendable { case clear, reticular, nodular, hazy }
  /// The heart's share of the chest's width.
  public enum Heart: String, CaseIterable, Sendable { case normal, enlarged, massive }
  /// The density of the bones.
  public enum Bones: String, CaseIterable, Sendable { case osteopenic, intact, sclerotic }
  /// Metal and tubes that cross the picture.
  public enum Device: String, CaseIterable, Sendable { case none, pacemaker, rods, wires, electrodes, catheter }

  public var exposure: Exposure
  public var detail: Detail
  public var habitus: Habitus
  public var inspiration: Inspiration
  public var texture: Texture
  public var heart: Heart
  public var bones: Bones
  public var device: Device

  init(random: inout PhantomRandom) {
    exposure = random.pick(Exposure.self)
    detail = random.pick(Detail.self)
    habitus = random.pick(Habitus.self)
    inspiration = random.pick(Inspiration.self)
    texture = random.pick(Texture.self)
    heart = random.pick(Heart.self)
    bones = random.pick(Bones.self)
    device = random.pick(Device.self)
  }

  /// Names and words, in the order of declaration.
  public var words: [(name: String, word: String)] {
    [
      ("exposure", exposure.rawValue), ("detail", detail.rawValue), ("habitus", habitus.rawValue),
      ("inspiration", inspiration.rawValue), ("texture", texture.rawValue), ("heart", heart.rawValue),
      ("bones", bones.rawValue), ("device", device.rawValue),
    ]
  }

  /// Every word an appearance can put into a report.
  static let vocabulary: [String] =
    Exposure.allCases.map(\.rawValue) + Detail.allCases.map(\.rawValue) + Habitus.allCases.map(\.rawValue)
    + Inspiration.allCases.map(\.rawValue) + Texture.allCases.map(\.rawValue) + Heart.allCases.map(\.rawValue)
    + Bones.allCases.map(\.rawValue) + Device.allCases.map(\.rawValue)
}
