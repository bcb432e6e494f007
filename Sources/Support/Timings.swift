/// Times of runs of the same work; of one run at least.
public struct Timings: Sendable {
  /// Seconds of each run, ascending.
  public let seconds: [Double]

  public init(_ seconds: [Double]) { self.seconds = seconds.sorted() }

  public var median: Double {
    let middle = seconds.count / 2
    return seconds.count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2
  }
  /// (longest − shortest) / median.
  public var spread: Double { (seconds[seconds.count - 1] - seconds[0]) / median }
}
