import Pictures
import Support

/// One record of a data set, its pictures written: what the tables say of it.
struct MadeRecord: Sendable {
  let report: String
  /// Its line of a record list, of a label list and of a list of masks.
  let row: String
  let labels: String
  let masks: String
  /// Its element of `findings.json`.
  let truth: JSON

  /// Draws record `index`, and writes its image and its masks.
  init(_ index: Int, of set: PhantomDataset, in directory: String) throws(Diagnostic) {
    let record = PhantomRecord(seed: set.seed, index: index, style: set.style)
    let picture = PhantomPicture(record, side: set.imageSide)
    let paths = PhantomPaths(index)
    try QuickFile.write(try picture.png(), to: directory + "/" + paths.image)
    for kind in PhantomFinding.Kind.allCases
    where kind == PhantomDataset.segmented || record.findings.contains(where: { $0.kind == kind }) {
      let mask = try PNGWriter.encode(
        picture.area(of: kind, in: record), width: set.imageSide, height: set.imageSide, format: .grey)
      try QuickFile.write(mask, to: directory + "/" + paths.mask(of: kind))
    }
    report = record.report
    row = PhantomTables.row(paths.image, record.report)
    labels = PhantomTables.labels(record, paths.image)
    masks = PhantomTables.row(paths.image, paths.mask(of: PhantomDataset.segmented))
    truth = PhantomTables.truth(record, picture, paths: paths, split: index < set.count ? "training" : "heldout")
  }
}
