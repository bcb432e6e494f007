/// Uniform random numbers.
struct NoiseReader: FeedReader {
  let feed: NoiseFeed
  let port: FeedPort
  /// Which of the task's feeds of noise it is.
  let ordinal: Int

  func columns(in header: [String]) -> [String] { [] }

  func write(_ record: RecordView, row: Int, to buffers: FeedBuffers) {
    var stream = record.stream(.imageNoise, feed: ordinal)
    let values = buffers.pointer(port, as: Float.self) + row * feed.count
    for index in 0..<feed.count { values[index] = stream.nextFloat() }
  }
}
