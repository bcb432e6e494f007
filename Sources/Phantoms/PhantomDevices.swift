import CPhantom

/// Metal and tubes over the chest, and the letter that names the side, as strokes of the renderer.
enum PhantomDevices {
  private typealias Point = (x: Float, y: Float)

  static func strokes(
    _ device: PhantomAppearance.Device, scene: phantom_scene, apron top: ClosedRange<Float>,
    random: inout PhantomRandom
  ) -> [phantom_stroke] {
    switch device {
    case .none: return []
    case .pacemaker: return pacemaker(scene, &random)
    case .rods: return rods(&random)
    case .electrodes: return electrodes(&random)
    case .apron: return apron(top, &random)
    }
  }

  /// `R` on the patient's right or `L` on the left, in an upper corner.
  static func sideMarker(random: inout PhantomRandom) -> [phantom_stroke] {
    let right = random.chance(0.5)
    let x: Float = right ? -0.90 : 0.82
    let y = random.uniform(-0.92 ... -0.86)
    let letter: [[Point]] =
      right
      ? [[(0, 0.14), (0, 0), (0.065, 0), (0.08, 0.035), (0.065, 0.07), (0, 0.07), (0.08, 0.14)]]
      : [[(0, 0), (0, 0.14), (0.08, 0.14)]]
    return letter.flatMap { line in path(line.map { ($0.x + x, $0.y + y) }, radius: 0.011) }
  }

  /// A can below the left collar bone and two leads into the heart.
  private static func pacemaker(_ s: phantom_scene, _ random: inout PhantomRandom) -> [phantom_stroke] {
    let x = random.uniform(0.42...0.48)
    let y = random.uniform(-0.46 ... -0.40)
    var strokes = path([(x - 0.10, y), (x + 0.10, y)], radius: 0.15, level: 1.05, alpha: 0.93)
    strokes += path([(x - 0.06, y + 0.03), (x + 0.06, y + 0.03)], radius: 0.05, level: 0.80)
    for reach in [Float(0.3), 0.75] {
      let tip: Point = (s.heart_x + (reach - 0.5) * s.heart_rx, s.heart_y + 0.55 * s.heart_ry)
      strokes += path(
        curve([(x - 0.05, y - 0.08), (0.22, -0.66), (-0.10, -0.42), (-0.09, 0.0), tip]), radius: 0.018)
      strokes += path([tip, tip], radius: 0.03)
    }
    return strokes
  }

  /// Two bars along the spine with screws on both sides.
  private static func rods(_ random: inout PhantomRandom) -> [phantom_stroke] {
    let half = random.uniform(0.075...0.09)
    let top = random.uniform(-0.62 ... -0.5)
    var strokes: [phantom_stroke] = []
    for sign in [Float(-1), 1] {
      strokes += path([(sign * half, top), (sign * half, 1.1)], radius: 0.036)
      for screw in 0..<7 {
        let y = top + 0.06 + Float(screw) * 0.235
        strokes += path([(sign * half, y), (sign * (half + 0.15), y + 0.03)], radius: 0.022)
      }
    }
    return strokes
  }

  /// Discs on the skin with cables that leave the picture.
  private static func electrodes(_ random: inout PhantomRandom) -> [phantom_stroke] {
    let spots: [Point] = [
      (-0.56, -0.46), (0.56, -0.46), (-0.52, 0.30), (0.52, 0.30), (-0.20, -0.10), (0.22, 0.02), (-0.30, 0.66),
      (0.30, 0.66),
    ]
    return spots.flatMap { spot -> [phantom_stroke] in
      let at: Point = (spot.x + random.uniform(-0.05...0.05), spot.y + random.uniform(-0.05...0.05))
      let out: Point = (at.x * 0.5 + random.uniform(-0.1...0.1), 1.05)
      let bend: Point = (at.x * 1.15, (at.y + 1) / 2)
      return path(curve([at, bend, out]), radius: 0.014, level: 1.0, alpha: 0.9)
        + path([at, at], radius: 0.105, level: 0.85, alpha: 0.85) + path([at, at], radius: 0.055, level: 1.2)
    }
  }

  /// A lead shield over the lower body, its upper edge somewhat curved.
  private static func apron(_ range: ClosedRange<Float>, _ random: inout PhantomRandom) -> [phantom_stroke] {
    let top = random.uniform(range)
    let sag = random.uniform(0.02...0.07)
    return path(
      curve([(-1.2, top + 0.5), (0, top + 0.5 + sag), (1.2, top + 0.5)]), radius: 0.5, level: 1.2, alpha: 0.97)
      + path([(-1.2, 1.3), (1.2, 1.3)], radius: 0.4, level: 1.2)
  }

  private static func path(
    _ points: [Point], radius: Float, level: Float = 1.12, alpha: Float = 0.95
  ) -> [phantom_stroke] {
    zip(points, points.dropFirst()).map { from, to in
      phantom_stroke(x0: from.x, y0: from.y, x1: to.x, y1: to.y, radius: radius, level: level, alpha: alpha)
    }
  }

  /// Points of a Catmull-Rom spline through the given points.
  private static func curve(_ points: [Point]) -> [Point] {
    var result: [Point] = [points[0]]
    for index in 0..<points.count - 1 {
      let a = points[max(0, index - 1)]
      let b = points[index]
      let c = points[index + 1]
      let d = points[min(points.count - 1, index + 2)]
      func at(_ t: Float, _ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Float {
        let rise = c - a
        let bend = 2 * a - 5 * b + 4 * c - d
        let twist = 3 * (b - c) + d - a
        return b + 0.5 * t * (rise + t * (bend + t * twist))
      }
      for step in 1...6 {
        let t = Float(step) / 6
        result.append((at(t, a.x, b.x, c.x, d.x), at(t, a.y, b.y, c.y, d.y)))
      }
    }
    return result
  }
}
