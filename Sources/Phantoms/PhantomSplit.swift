/// The lists of one part of a data set, as text, and its reports.
struct PhantomSplit {
  private(set) var records = PhantomTables.header + "\n"
  private(set) var labels = PhantomTables.labelHeader + "\n"
  private(set) var masks = PhantomTables.maskHeader + "\n"
  private(set) var reports: [String] = []

  mutating func add(_ record: PhantomRecord, path: String, mask: String) {
    records += PhantomTables.row(path, record.report)
    labels += PhantomTables.labels(path, record)
    masks += PhantomTables.row(path, mask)
    reports.append(record.report)
  }
}
