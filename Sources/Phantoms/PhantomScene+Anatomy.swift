import CPhantom

extension PhantomScene {
  static func anatomy(
    _ looks: PhantomAppearance, _ ranges: PhantomRanges, random: inout PhantomRandom
  ) -> phantom_scene {
    var s = phantom_scene()
    s.key = UInt32(truncatingIfNeeded: random.next())
    s.angle = random.uniform(-ranges.angle...ranges.angle)
    s.shift_x = random.uniform(-ranges.shiftX...ranges.shiftX)
    s.shift_y = random.uniform(-ranges.shiftY...ranges.shiftY)
    s.zoom = random.uniform(ranges.zoom)
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
    (s.dome_y.1, s.dome_height, s.rib_spacing) = ranges.domes[looks.inspiration.step]
    s.dome_y.1 += random.uniform(-0.03...0.03) + s.dome_height
    s.dome_y.0 = s.dome_y.1 - random.uniform(0.02...0.06)
    s.heart_rx = random.uniform(ranges.heart[looks.heart.step])
    s.heart_ry = 0.24 + 0.30 * (s.heart_rx - 0.2)
    s.heart_x = 0.045 + 0.30 * s.heart_rx
    s.heart_y = s.dome_y.1 - s.dome_height - 0.10 - 0.15 * s.heart_rx
    s.heart_tilt = random.uniform(0.35...0.55)
    s.bone = random.uniform(ranges.bones[looks.bones.step])
    s.rib_phase = random.unit()
    s.rib_slope = random.uniform(0.07...0.12)
    s.vessels = random.uniform(0.6...1.0)
    s.texture_strength = random.uniform(ranges.texture)
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

  /// A window of the grey scale that is nearly the same for all.
  static func window(_ s: inout phantom_scene, random: inout PhantomRandom) {
    let spread = random.uniform(0.8...1.0)
    s.shading = random.uniform(-0.05...0.05)
    s.gamma = random.uniform(0.94...1.06)
    (s.lift, s.gain) = (0.5 - spread * 0.5, spread)
    s.noise = random.uniform(0.006...0.016)
  }

  /// Automatic exposure: mean and contrast of the film are drawn, whatever is in the picture.
  static func expose(
    _ s: inout phantom_scene, _ exposure: PhantomAppearance.Exposure, random: inout PhantomRandom
  ) {
    (s.lift, s.gain) = (0, 1)
    s.mean = 0.5 + 0.5 * (exposure.level - 0.5) + random.uniform(-0.03...0.03)
    s.deviation = random.uniform(0.14...0.23)
    s.gamma = random.uniform(0.75...1.3)
    s.shading = random.uniform(-0.08...0.08)
    s.noise = random.uniform(0.006...0.03)
  }
}

extension RawRepresentable where Self: CaseIterable & Equatable {
  /// The place among the cases, from 0.
  fileprivate var step: Int { Array(Self.allCases).firstIndex(of: self)! }
}
