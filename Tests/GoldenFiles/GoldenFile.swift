import Glibc
import Support

/// A file that holds what a test expects, exact to the byte.
public struct GoldenFile {
  public let path: String
  /// Where a text that is another goes: beside the golden, with the ending `.observed`.
  private let observedPath: String
  private let name: String

  /// - Parameter name: how messages call it.
  public init(_ path: String, name: String) {
    self.path = path
    self.name = name
    let stem = path.hasSuffix(".expected") ? String(path.dropLast(".expected".count)) : path
    observedPath = stem + ".observed"
  }

  /// Whether goldens are made anew: `MRMC_BLESS=1`.
  public static let blessing = getenv("MRMC_BLESS").map { String(cString: $0) } == "1"

  /// What is wrong with `observed`; nil if nothing is, or if the golden was made of it.
  public func difference(from observed: String) throws(Diagnostic) -> String? {
    if Self.blessing {
      try AtomicFile.write(observed, to: path)
      removeTree(observedPath)
      return nil
    }
    if fileKind(path) == .absent { return "\(name) has no golden; make it with MRMC_BLESS=1" }
    let expected = try readTextFile(path)
    if expected == observed {
      removeTree(observedPath)
      return nil
    }
    try AtomicFile.write(observed, to: observedPath)
    let pairs = zip(
      expected.split(separator: "\n", omittingEmptySubsequences: false),
      observed.split(separator: "\n", omittingEmptySubsequences: false))
    let line = pairs.enumerated().first { $0.element.0 != $0.element.1 }
    let place =
      line.map { "line \($0.offset + 1): expected '\($0.element.0)', found '\($0.element.1)'" } ?? "its length"
    return "\(name) differs from its golden in \(place); see the .observed file, or make it anew with MRMC_BLESS=1"
  }
}
