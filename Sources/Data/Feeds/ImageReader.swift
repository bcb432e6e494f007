/// Pictures: decoded, cropped, resized and normalised into `[C, S, S]` floats.
struct ImageReader: FeedReader {
  let feed: ImageFeed
  let port: FeedPort

  func columns(in header: [String]) -> [String] { [feed.column] }

  var pathColumns: [String] { [feed.column] }

  /// Looks for every image.
  func check(_ table: RecordTable, training: Bool) throws(Diagnostic) {
    for record in 0..<table.count {
      let path = table.field(record, feed.column)
      if path.isEmpty { throw Diagnostic(.badData, at: table.location(of: record), "\(feed.column) is empty") }
      switch fileKind(table.path(record, feed.column)) {
      case .file: continue
      case .directory, .other:
        throw Diagnostic(
          .badData, at: table.location(of: record), "image \(path) is a directory, pipe or device, expected a file")
      case .absent:
        throw Diagnostic(
          .noInput, at: table.location(of: record),
          "image \(path) does not exist; image paths are relative to \(table.folder)/")
      }
    }
  }

  func write(_ record: RecordView, row: Int, to buffers: FeedBuffers) throws(Diagnostic) {
    let table = record.table
    do throws(Diagnostic) {
      let file = table.path(record.imageRecord, feed.column)
      let image = try DecodedImage(bytes: try readFile(file), file: file)
      try image.write(
        record.crop(feed, width: image.width, height: image.height), planes: feed.channels,
        normalization: feed.normalization,
        to: buffers.pointer(port, as: Float.self) + row * feed.channels * feed.side * feed.side)
    } catch {
      throw Diagnostic(
        error.code, at: table.location(of: record.imageRecord),
        "image \(table.field(record.imageRecord, feed.column)): \(error.message); replace the file or remove this line",
        notes: error.notes)
    }
  }
}
