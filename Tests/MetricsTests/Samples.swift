import Support

/// A file of this folder's `Samples`, made by `make_samples.py`.
func sample(_ name: String) throws -> JSON {
  let path = "\(directoryName(#filePath))/Samples/\(name).json"
  return try JSON.parse(bytes: try readFile(path), file: path)
}

extension JSON {
  var doubles: [Double] { elements?.compactMap(\.doubleValue) ?? [] }
  var floats: [Float] { doubles.map(Float.init) }
}

/// Whether two numbers agree to 12 digits; both absent counts as agreeing.
func agree(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-12) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return abs(a - b) <= tolerance * max(1, abs(b))
}
