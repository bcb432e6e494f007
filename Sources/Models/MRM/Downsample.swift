import Frontend

/// Halves both sides of images `[B, C, H, W]` by bicubic interpolation, pixel centres aligned as in PyTorch's
/// `interpolate(mode="bicubic", align_corners=False)`.
///
/// Without `antialias`: 4 taps, a = −0.75, edges repeated. With: a = −0.5, the kernel stretched by 2 (8 taps), taps
/// beyond the border left out and the others scaled to sum to 1.
func downsample(_ image: Tensor, antialias: Bool) -> Tensor {
  image.scope("", layer: "downsample") { image in
    let halve = antialias ? halveFiltered : halveSampled
    return halve(halve(image, 3), 2)
  }
}

/// The cubic convolution kernel (Keys 1981).
private func cubic(_ x: Double, _ a: Double) -> Double {
  let x = abs(x)
  if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
  return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0
}

/// Output i lies between inputs 2i and 2i + 1 and reads 2i − 1 … 2i + 2, clamped: the first and the last by themselves, so that
/// nothing is padded.
private func halveSampled(_ image: Tensor, _ axis: Int) -> Tensor {
  let size = image.shape[axis]
  let last = size / 2 - 1
  let weights = [1.5, 0.5, 0.5, 1.5].map { cubic($0, -0.75) }
  func outputs(_ range: ClosedRange<Int>) -> Tensor {
    let terms = weights.indices.map { tap -> Tensor in
      let first = min(max(2 * range.lowerBound + tap - 1, 0), size - 1)
      return image.sliced(axis, first..<(first + 2 * (range.count - 1) + 1), step: 2) * weights[tap]
    }
    return terms.dropFirst().reduce(terms[0], +)
  }
  var parts = [outputs(0...0)]
  if last > 1 { parts.append(outputs(1...(last - 1))) }
  if last > 0 { parts.append(outputs(last...last)) }
  return parts[0].concatenated(with: Array(parts.dropFirst()), axis: axis)
}

/// Output i reads inputs 2i − 3 … 2i + 4, those that exist, with weights of its own near the border.
private func halveFiltered(_ image: Tensor, _ axis: Int) -> Tensor {
  let size = image.shape[axis]
  let outputs = size / 2
  var margin = image.shape.map { _ in 0 }
  margin[axis] = 3
  let padded = image.padded(low: margin, high: margin)
  let weights = (0..<outputs).map { output -> [Double] in
    let taps = (0..<8).map { tap -> Double in
      let input = 2 * output + tap - 3
      return input >= 0 && input < size ? cubic((Double(tap) - 3.5) / 2, -0.5) : 0
    }
    let sum = taps.reduce(0, +)
    return taps.map { $0 / sum }
  }
  let terms = (0..<8).map { tap -> Tensor in
    let values = padded.sliced(axis, tap..<(tap + size - 1), step: 2)
    let factors = image.graph.constant(weights.map { $0[tap] }, [outputs])
    return values * factors.broadcast(to: values.shape, axes: [axis])
  }
  return terms.dropFirst().reduce(terms[0], +)
}
