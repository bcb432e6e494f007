import Support

/// The directory of a phantom data set, before the set is written: what stands there, and whether it may go.
struct PhantomDirectory {
  /// What `findings.json` says of a phantom data set.
  static let note = "phantom records: made, not real"

  private let path: String

  init(_ path: String) { self.path = path }

  /// What a data set is made of, in the order in which an earlier one is removed. `training.csv` is written last and
  /// `findings.json` after the pictures, so that a set that is not whole has the pictures alone, or the note too.
  private static let contents =
    [
      "training.csv", "heldout.csv", "control.csv", "labels.csv", "heldout-labels.csv", "masks.csv",
      "heldout-masks.csv",
      "tokenizer.json", "findings.json",
    ] + folders

  private static let folders = ["images", "masks"]

  /// Makes the directory, with empty `images/` and `masks/`. Without `force` it must be empty or absent; with it, an
  /// earlier phantom data set there is removed and other files stay. `usage` for files of its names that are no phantom data set.
  func prepare(force: Bool) throws(Diagnostic) {
    switch fileKind(path) {
    case .file, .other:
      throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "is a file, expected a directory to write to")
    case .absent: break
    case .directory:
      if !force, !directoryEntries(path).isEmpty {
        throw Diagnostic(
          .usage, at: SourceLocation(file: path), "the directory is not empty",
          notes: ["name a new one, or give --force to replace an earlier phantom data set there"])
      }
      if let foreign { throw refusal(foreign) }
      for name in Self.contents { removeTree(path + "/" + name) }
    }
    try makeDirectory(path)
    for folder in Self.folders { try makeDirectory(path + "/" + folder) }
  }

  private func refusal(_ foreign: String) -> Diagnostic {
    Diagnostic(
      .usage, at: SourceLocation(file: path), "--force replaces a phantom data set, and \(foreign) is not of one",
      notes: ["name a new directory"])
  }

  /// What is in the way that is not of a phantom data set; nil: nothing.
  private var foreign: String? {
    let found = directoryEntries(path).filter { !Self.isUnfinished($0) }
    let own = found.filter { Self.contents.contains($0) }
    if own.isEmpty { return nil }
    if !hasNote, let other = found.first(where: { !Self.folders.contains($0) }) { return other }
    return foreign(in: "images", PhantomPaths.isImage) ?? foreign(in: "masks", PhantomPaths.isMask)
  }

  private var hasNote: Bool {
    let findings = try? JSON.read(path: path + "/findings.json")
    return findings?["note"]?.stringValue == Self.note
  }

  private func foreign(in folder: String, _ isOwn: (String) -> Bool) -> String? {
    let place = path + "/" + folder
    switch fileKind(place) {
    case .absent: return nil
    case .file, .other: return folder
    case .directory:
      let other = directoryEntries(place).first { !Self.isUnfinished($0) && !isOwn($0) }
      return other.map { folder + "/" + $0 }
    }
  }

  /// Whether it is the hidden file that an interrupted run leaves.
  private static func isUnfinished(_ name: String) -> Bool { name.hasPrefix(".") && name.hasSuffix(".partial") }
}
