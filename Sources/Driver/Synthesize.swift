import Phantoms

/// `mrmc data synth`: phantom records, made and not real.
public struct Synthesize {
  public var directory: String
  public var count: Int
  /// Records held out besides; nil: an eighth of the others.
  public var heldout: Int?
  public var seed: UInt64 = 0
  /// Pixels along each edge of an image.
  public var imageSide = PhantomDataset.defaultImageSide
  public var style = PhantomStyle.radiograph
  /// Whether an earlier data set in the directory may be replaced.
  public var replaces = false

  public init(directory: String, count: Int) {
    self.directory = directory
    self.count = count
  }

  public func run() throws(Diagnostic) {
    let shows = StandardStream.error.isTerminal
    try PhantomDataset.write(
      to: directory, count: count, heldout: heldout ?? PhantomDataset.defaultHeldout(for: count), seed: seed,
      imageSide: imageSide, style: style, force: replaces
    ) { done, total in
      if shows { StandardStream.error.write("\r\(done) of \(total) records\(done == total ? "\n" : "")") }
    }
    let control = PhantomDataset.hasControl(count: count) ? "control.csv, " : ""
    StandardStream.error.line(
      "\(directory): training.csv, \(control)heldout.csv, labels.csv, masks.csv, tokenizer.json, findings.json, images/, masks/"
    )
  }
}
