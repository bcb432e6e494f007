import CPhantom

/// The geometry of one phantom: the scene the renderer draws, its lesions and its strokes.
struct PhantomScene {
  var scene: phantom_scene
  var lesions: [phantom_lesion]
  var strokes: [phantom_stroke]

  init(_ record: PhantomRecord) {
    var random = PhantomRandom(seed: record.seed, record: record.index, stream: .anatomy)
    let ranges = PhantomRanges(record.style)
    var scene = Self.anatomy(record.appearance, ranges, random: &random)
    switch record.style {
    case .energies: Self.window(&scene, random: &random)
    case .radiograph: Self.expose(&scene, record.appearance.exposures[0], random: &random)
    }
    lesions = record.findings.map { Self.lesion($0, ranges, in: scene, random: &random) }
    var devices = PhantomRandom(seed: record.seed, record: record.index, stream: .device)
    strokes = PhantomDevices.strokes(
      record.appearance.device, scene: scene, apron: ranges.apron, random: &devices)
    strokes += PhantomDevices.sideMarker(random: &devices)
    self.scene = scene
  }

  /// Renders `side` x `side` grey pixels, top row first, and of each lesion as many that are 255 where it lies, else 0.
  func render(side: Int) -> (pixels: [UInt8], areas: [[UInt8]]) {
    var scene = scene
    let size = side * side
    var field = [Float](repeating: 0, count: size)
    var pixels = [UInt8](repeating: 0, count: size)
    var areas = [UInt8](repeating: 0, count: size * lesions.count)
    phantom_render(
      &scene, lesions, Int32(lesions.count), strokes, Int32(strokes.count), Int32(side), &field, &pixels, &areas)
    return (pixels, lesions.indices.map { Array(areas[$0 * size..<($0 + 1) * size]) })
  }

  /// The centre and half extents of a lesion in pixels of a picture of `side` x `side`.
  func place(_ lesion: phantom_lesion, side: Int) -> (x: Float, y: Float, halfWidth: Float, halfHeight: Float) {
    var (x, y) = (Float(0), Float(0))
    var scene = scene
    phantom_place(&scene, Int32(side), lesion.x, lesion.y, &x, &y)
    let scale = scene.zoom * Float(side) / 2
    return (x, y, lesion.rx * scale, lesion.ry * scale)
  }
}
