/// Writes the tensors of one feed, record by record. One type for each kind of feed: a new kind is a new file and a line in
/// `FeedSet`.
protocol FeedReader: Sendable {
  /// Columns of a list with this header that are read; those of a header that lacks them are named all the same.
  func columns(in header: [String]) -> [String]

  /// Those of them that hold paths of files.
  var pathColumns: [String] { get }

  /// Looks at every record before anything is trained. `badData` or `noInput` at the line of the first that is wrong.
  func check(_ table: RecordTable, training: Bool) throws(Diagnostic)

  /// Writes a record into its row of the batch.
  func write(_ record: RecordView, row: Int, to buffers: FeedBuffers) throws(Diagnostic)
}

extension FeedReader {
  var pathColumns: [String] { [] }

  func check(_ table: RecordTable, training: Bool) throws(Diagnostic) {}
}
