import CPhantom
import Glibc

/// Metal and tubes over the chest, and the letter that names the side, as strokes of the renderer.
enum PhantomDevices {
  private typealias Point = (x: Float, y: Float)

  static func strokes(
    _ device: PhantomAppearance.Device, scene: phantom_scene, random: inout PhantomRandom
  ) -> [phantom_stroke] {
    switch device {
    case .none: return []
    case .pacemaker: return pacemaker(scene, &random)
    case .rods: return rods(&random)
    case .wires: return wires(&random)
    case .electrodes: return electrodes(&random)
    case .catheter: return catheter(scene, &random)
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
    var strokes = path([(x - 0.07, y), (x + 0.07, y)], radius: 0.10, level: 0.98, alpha: 0.9)
    strokes += path([(x - 0.04, y + 0.02), (x + 0.04, y + 0.02)], radius: 0.035, level: 1.12)
    for reach in [Float(0.3), 0.75] {
      let tip: Point = (s.heart_x + (reach - 0.5) * s.heart_rx, s.heart_y + 0.55 * s.heart_ry)
      strokes += path(
        curve([(x - 0.05, y - 0.08), (0.22, -0.66), (-0.10, -0.42), (-0.09, 0.0), tip]), radius: 0.012)
      strokes += path([tip, tip], radius: 0.02)
    }
    return strokes
  }

  /// Two bars along the spine with screws on both sides.
  private static func rods(_ random: inout PhantomRandom) -> [phantom_stroke] {
    let half = random.uniform(0.055...0.07)
    let top = random.uniform(-0.62 ... -0.5)
    var strokes: [phantom_stroke] = []
    for sign in [Float(-1), 1] {
      strokes += path([(sign * half, top), (sign * half, 1.1)], radius: 0.019)
      for screw in 0..<7 {
        let y = top + 0.06 + Float(screw) * 0.235
        strokes += path([(sign * half, y), (sign * (half + 0.10), y + 0.03)], radius: 0.013)
      }
    }
    return strokes
  }

  /// Twisted loops along the breast bone.
  private static func wires(_ random: inout PhantomRandom) -> [phantom_stroke] {
    (0..<7).flatMap { loop -> [phantom_stroke] in
      let y = -0.52 + Float(loop) * 0.165 + random.uniform(-0.012...0.012)
      let half = random.uniform(0.07...0.085)
      let ring = (0...12).map { step -> Point in
        let turn = Float(step) / 12 * 2 * .pi
        return (half * cosine(turn), y + 0.042 * sine(turn))
      }
      return path(ring, radius: 0.0105) + path([(0, y), (random.uniform(-0.03...0.03), y + 0.045)], radius: 0.016)
    }
  }

  /// Discs on the skin with cables that leave the picture.
  private static func electrodes(_ random: inout PhantomRandom) -> [phantom_stroke] {
    let spots: [Point] = [(-0.56, -0.46), (0.56, -0.46), (-0.52, 0.30), (0.52, 0.30), (-0.10, -0.10), (0.30, 0.05)]
    return spots.flatMap { spot -> [phantom_stroke] in
      let at: Point = (spot.x + random.uniform(-0.05...0.05), spot.y + random.uniform(-0.05...0.05))
      let out: Point = (at.x * 0.5 + random.uniform(-0.1...0.1), 1.05)
      let bend: Point = (at.x * 1.15, (at.y + 1) / 2)
      return path(curve([at, bend, out]), radius: 0.009, level: 0.95, alpha: 0.9)
        + path([at, at], radius: 0.058, level: 0.75, alpha: 0.7) + path([at, at], radius: 0.030, level: 1.12)
    }
  }

  /// A wide tube from the neck through the great vein into the heart and back along the midline.
  private static func catheter(_ s: phantom_scene, _ random: inout PhantomRandom) -> [phantom_stroke] {
    let neck = random.uniform(-0.20 ... -0.15)
    let line: [Point] = [
      (neck, -1.05), (neck, -0.72), (-0.13, -0.40), (-0.10, 0.02), (0.02, s.heart_y + 0.45 * s.heart_ry),
      (0.16, s.heart_y - 0.1), (0.08, -0.22), (-0.16, -0.18), (-0.34, -0.12),
    ]
    let smooth = curve(line)
    return path(smooth, radius: 0.030, level: 0.92, alpha: 0.45) + path(smooth, radius: 0.014)
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

  private static func sine(_ turn: Float) -> Float { sinf(turn) }
  private static func cosine(_ turn: Float) -> Float { cosf(turn) }
}
