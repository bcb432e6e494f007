/// How far the anatomy and the findings of a style vary, in scene units (the picture is 2 wide) unless said otherwise.
struct PhantomRanges {
  /// Radians either way.
  var angle: Float
  var shiftX: Float
  var shiftY: Float
  var zoom: ClosedRange<Float>
  /// Half the heart's width: normal, enlarged, massive.
  var heart: [ClosedRange<Float>]
  /// The lower edge of the dome, its height and the distance of the ribs: shallow, ordinary, deep.
  var domes: [(y: Float, height: Float, ribs: Float)]
  /// The density of the bones: osteopenic, intact, sclerotic.
  var bones: [ClosedRange<Float>]
  /// The density of what lies over both lungs.
  var texture: ClosedRange<Float>
  /// The upper edge of a lead apron.
  var apron: ClosedRange<Float>
  /// The radius of a finding in a zone: small, moderate, large.
  var radius: [Float]
  /// The part of the lung's height that fluid fills: small, moderate, large.
  var effusion: [Float]
  /// The depth of free air: small, moderate, large.
  var pneumothorax: [Float]
  /// The depth of a peel of pleura: small, moderate, large.
  var fibrothorax: [Float]

  init(_ style: PhantomStyle) { self = style == .energies ? Self.energies : Self.radiograph }

  private init(
    placement: (angle: Float, shiftX: Float, shiftY: Float, zoom: ClosedRange<Float>), heart: [ClosedRange<Float>],
    domes: [(y: Float, height: Float, ribs: Float)], bones: [ClosedRange<Float>], texture: ClosedRange<Float>,
    apron: ClosedRange<Float>, radius: [Float], effusion: [Float], pneumothorax: [Float], fibrothorax: [Float]
  ) {
    (angle, shiftX, shiftY, zoom) = placement
    (self.heart, self.domes, self.bones, self.texture, self.apron) = (heart, domes, bones, texture, apron)
    (self.radius, self.effusion, self.pneumothorax, self.fibrothorax) = (radius, effusion, pneumothorax, fibrothorax)
  }

  private static let energies = PhantomRanges(
    placement: (0.045, 0.035, 0.03, 0.95...1.03), heart: [0.18...0.20, 0.34...0.38, 0.57...0.62],
    domes: [(0.00, 0.19, 0.150), (0.36, 0.15, 0.168), (0.72, 0.07, 0.200)],
    bones: [0.06...0.12, 0.9...1.05, 2.5...2.8], texture: 0.24...0.30, apron: 0.50...0.58,
    radius: [0.13, 0.20, 0.285], effusion: [0.24, 0.50, 0.80], pneumothorax: [0.075, 0.155, 0.26],
    fibrothorax: [0.05, 0.11, 0.20])

  private static let radiograph = PhantomRanges(
    placement: (0.06, 0.06, 0.05, 0.88...1.06), heart: [0.17...0.21, 0.25...0.29, 0.33...0.38],
    domes: [(0.22, 0.17, 0.158), (0.40, 0.15, 0.168), (0.58, 0.11, 0.185)],
    bones: [0.45...0.6, 0.9...1.05, 1.4...1.7], texture: 0.08...0.12, apron: 0.80...0.88,
    radius: [0.11, 0.16, 0.22], effusion: [0.22, 0.36, 0.52], pneumothorax: [0.10, 0.16, 0.23],
    fibrothorax: [0.13, 0.18, 0.23])
}
