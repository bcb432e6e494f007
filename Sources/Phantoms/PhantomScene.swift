import CPhantom

/// The geometry of one phantom: the scene the renderer draws, its lesions and its strokes.
struct PhantomScene {
  var scene: phantom_scene
  var lesions: [phantom_lesion]
  var strokes: [phantom_stroke]

  init(_ record: PhantomRecord) {
    var random = PhantomRandom(seed: record.seed, record: record.index, stream: .anatomy)
    var scene = Self.anatomy(record.appearance, random: &random)
    Self.display(&scene, random: &random)
    lesions = record.findings.map { Self.lesion($0, in: scene, random: &random) }
    if record.style == .radiograph {
      var strengths = PhantomRandom(seed: record.seed, record: record.index, stream: .strength)
      for index in lesions.indices { lesions[index].strength = strengths.uniform(0.45...1) }
    }
    var devices = PhantomRandom(seed: record.seed, record: record.index, stream: .device)
    strokes = PhantomDevices.strokes(record.appearance.device, scene: scene, random: &devices)
    strokes += PhantomDevices.sideMarker(random: &devices)
    self.scene = scene
  }

  /// Renders `side` x `side` grey pixels, top row first.
  func render(side: Int) -> [UInt8] {
    var scene = scene
    var field = [Float](repeating: 0, count: side * side)
    return [UInt8](unsafeUninitializedCapacity: side * side) { pixels, count in
      phantom_render(
        &scene, lesions, Int32(lesions.count), strokes, Int32(strokes.count), Int32(side), &field,
        pixels.baseAddress!)
      count = side * side
    }
  }

  /// The centre and half extents of a lesion in pixels of a picture of `side` x `side`.
  func place(_ lesion: phantom_lesion, side: Int) -> (x: Float, y: Float, halfWidth: Float, halfHeight: Float) {
    var (x, y) = (Float(0), Float(0))
    var scene = scene
    phantom_place(&scene, Int32(side), lesion.x, lesion.y, &x, &y)
    let scale = scene.zoom * Float(side) / 2
    return (x, y, lesion.rx * scale, lesion.ry * scale)
  }

  private static func anatomy(_ looks: PhantomAppearance, random: inout PhantomRandom) -> phantom_scene {
    var s = phantom_scene()
    s.key = UInt32(truncatingIfNeeded: random.next())
    s.angle = random.uniform(-0.045...0.045)
    s.shift_x = random.uniform(-0.035...0.035)
    s.shift_y = random.uniform(-0.03...0.03)
    s.zoom = random.uniform(0.95...1.03)
    switch looks.habitus {
    case .slender: (s.torso_half, s.soft_tissue, s.lung_half) = (0.70, 0.80, 0.62)
    case .average: (s.torso_half, s.soft_tissue, s.lung_half) = (0.80, 1.00, 0.64)
    case .obese: (s.torso_half, s.soft_tissue, s.lung_half) = (1.00, 1.28, 0.62)
    }
    let build = random.uniform(0.97...1.03)
    s.torso_half *= build
    s.lung_half *= build
    s.shoulder_half = max(s.torso_half, random.uniform(0.90...0.98))
    s.apex_y = random.uniform(-0.80 ... -0.74)
    s.mediastinum_half = random.uniform(0.085...0.115)
    switch looks.inspiration {
    case .shallow: (s.dome_y.1, s.dome_height, s.rib_spacing) = (0.00, 0.19, 0.150)
    case .ordinary: (s.dome_y.1, s.dome_height, s.rib_spacing) = (0.36, 0.15, 0.168)
    case .deep: (s.dome_y.1, s.dome_height, s.rib_spacing) = (0.72, 0.07, 0.200)
    }
    s.dome_y.1 += random.uniform(-0.03...0.03) + s.dome_height
    s.dome_y.0 = s.dome_y.1 - random.uniform(0.02...0.06)
    switch looks.heart {
    case .normal: s.heart_rx = random.uniform(0.18...0.20)
    case .enlarged: s.heart_rx = random.uniform(0.34...0.38)
    case .massive: s.heart_rx = random.uniform(0.57...0.62)
    }
    s.heart_ry = 0.24 + 0.30 * (s.heart_rx - 0.2)
    s.heart_x = 0.045 + 0.30 * s.heart_rx
    s.heart_y = s.dome_y.1 - s.dome_height - 0.10 - 0.15 * s.heart_rx
    s.heart_tilt = random.uniform(0.35...0.55)
    switch looks.bones {
    case .osteopenic: s.bone = random.uniform(0.06...0.12)
    case .intact: s.bone = random.uniform(0.9...1.05)
    case .sclerotic: s.bone = random.uniform(2.5...2.8)
    }
    s.rib_phase = random.unit()
    s.rib_slope = random.uniform(0.07...0.12)
    s.vessels = random.uniform(0.6...1.0)
    s.texture_strength = random.uniform(0.24...0.30)
    s.texture_scale = random.uniform(0.9...1.15)
    switch looks.abdomen {
    case .quiet: (s.belly_gas, s.belly_fluid) = (0, 0)
    case .gaseous: (s.belly_gas, s.belly_fluid) = (random.uniform(0.9...1), 0)
    case .ascitic: (s.belly_gas, s.belly_fluid) = (0, random.uniform(0.26...0.32))
    }
    switch looks.texture {
    case .lucent: s.texture = Int32(PHANTOM_TEXTURE_LUCENT.rawValue)
    case .clear: s.texture = Int32(PHANTOM_TEXTURE_CLEAR.rawValue)
    case .nodular: s.texture = Int32(PHANTOM_TEXTURE_NODULAR.rawValue)
    case .hazy: s.texture = Int32(PHANTOM_TEXTURE_HAZY.rawValue)
    }
    return s
  }

  private static func display(_ s: inout phantom_scene, random: inout PhantomRandom) {
    let spread = random.uniform(0.8...1.0)
    s.shading = random.uniform(-0.05...0.05)
    s.gamma = random.uniform(0.94...1.06)
    (s.lift, s.gain) = (0.5 - spread * 0.5, spread)
    s.noise = random.uniform(0.006...0.016)
  }

  private static func lesion(
    _ finding: PhantomFinding, in s: phantom_scene, random: inout PhantomRandom
  ) -> phantom_lesion {
    let lung: Int32 = finding.side == .right ? 0 : 1
    let sign: Float = lung == 0 ? -1 : 1
    let dome = (lung == 0 ? s.dome_y.0 : s.dome_y.1) - s.dome_height
    let height = dome - s.apex_y
    var lesion = phantom_lesion()
    lesion.strength = 1
    lesion.kind = code(finding.kind)
    lesion.lung = lung
    lesion.key = UInt32(truncatingIfNeeded: random.next())
    let step = finding.size == .small ? 0 : finding.size == .moderate ? 1 : 2
    if let zone = finding.zone {
      let part: Float = zone == .upper ? 0.27 : zone == .middle ? 0.54 : 0.82
      let radius: Float = [0.13, 0.20, 0.285][step] * random.uniform(0.94...1.06)
      lesion.x = sign * (s.lung_half * (zone == .upper ? 0.50 : 0.58) + random.uniform(-0.03...0.03))
      lesion.y = s.apex_y + height * (part + random.uniform(-0.03...0.03))
      lesion.rx = radius * random.uniform(0.95...1.15)
      lesion.ry = radius * random.uniform(0.9...1.05)
      return lesion
    }
    switch finding.kind {
    case .effusion: lesion.extent = [0.24, 0.50, 0.80][step]
    case .pneumothorax: lesion.extent = [0.075, 0.155, 0.26][step]
    default: lesion.extent = [0.05, 0.11, 0.20][step]
    }
    lesion.extent *= random.uniform(0.94...1.06)
    let covered = finding.kind == .effusion ? lesion.extent : 1
    lesion.x = sign * s.lung_half * 0.55
    lesion.rx = s.lung_half * 0.45
    lesion.ry = height * covered / 2
    lesion.y = dome - lesion.ry
    return lesion
  }

  /// The area of the lesions of a kind: `side` x `side` values, 255 inside and 0 elsewhere.
  func mask(_ kind: PhantomFinding.Kind, side: Int) -> [UInt8] {
    var scene = scene
    var mask = [UInt8](repeating: 0, count: side * side)
    for var lesion in lesions where lesion.kind == Self.code(kind) {
      phantom_mask(&scene, &lesion, Int32(side), &mask)
    }
    return mask
  }

  private static func code(_ kind: PhantomFinding.Kind) -> Int32 {
    let code =
      switch kind {
      case .consolidation: PHANTOM_CONSOLIDATION
      case .mass: PHANTOM_MASS
      case .cavity: PHANTOM_CAVITY
      case .bulla: PHANTOM_BULLA
      case .atelectasis: PHANTOM_ATELECTASIS
      case .calcification: PHANTOM_CALCIFICATION
      case .effusion: PHANTOM_EFFUSION
      case .pneumothorax: PHANTOM_PNEUMOTHORAX
      case .fibrothorax: PHANTOM_FIBROTHORAX
      }
    return Int32(code.rawValue)
  }
}
