import Phantoms

/// `mrmc data synth`: phantom records, made and not real.
public struct Synthesize {
  public var directory: String
  public var count: Int
  /// Records held out besides; nil: an eighth of the others.
  public var heldout: Int?
  public var seed: UInt64 = 0
  /// Pixels along each edge of an image; nil: those of a data set that is asked for nothing else.
  public var imageSide: Int?
  public var style = PhantomStyle.radiograph
  /// Whether an earlier data set in the directory may be replaced.
  public var replaces = false

  public init(directory: String, count: Int) {
    self.directory = directory
    self.count = count
  }

  public func run() throws(Diagnostic) {
    let shows = StandardStream.error.isTerminal
    var set = PhantomDataset(count: count, heldout: heldout)
    set.seed = seed
    set.style = style
    if let imageSide { set.imageSide = imageSide }
    try set.write(to: directory, force: replaces) { done, total in
      if shows { StandardStream.error.write("\r\(done) of \(total) records\(done == total ? "\n" : "")") }
    }
    StandardStream.error.line("\(directory): \(set.contents.joined(separator: ", "))")
  }
}
