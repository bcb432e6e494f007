extension Graph {
  /// A tensor of a feed of the module's task, such as `FeedPort("report", TokenFeed.ids)`.
  ///
  /// `name`: the argument's; unless given, that of the feed, or of the part where the feed has several.
  public func feed(
    _ port: FeedPort, name: String? = nil, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = SourceSite(file: file, line: line)
    let parts = feeds.first { $0.name == port.feed }?.parts(batch: batch) ?? []
    guard let part = parts.first(where: { $0.port == port }) else {
      let known = feeds.flatMap { $0.parts(batch: batch) }.map(\.port.description)
      fail(
        "the task has no feed \(port)",
        notes: [known.isEmpty ? "state the task before the functions" : "it has: " + known.joined(separator: ", ")],
        at: site)
      return Tensor(graph: self, value: ValueID(0), type: TensorType(.f32, []))
    }
    let argument = Argument(
      name ?? (parts.count == 1 ? port.feed : port.part), part.type, role: .input(port: port))
    return declare(argument, in: \.inputs, at: site)
  }

  /// The pictures of an image feed: f32 `[B, C, S, S]`, normalised.
  public func image(_ feed: String = "image", file: String = #fileID, line: Int = #line) -> Tensor {
    self.feed(FeedPort(feed, ImageFeed.pixels), file: file, line: line)
  }

  /// The numbers of a label feed: f32 `[B, C]`, or i32 `[B]` for the index of a class.
  public func labels(_ feed: String = "labels", file: String = #fileID, line: Int = #line) -> Tensor {
    self.feed(FeedPort(feed, LabelFeed.values), file: file, line: line)
  }

  /// The numbers of a noise feed: f32 `[B, N]`, uniform in [0, 1).
  public func noise(_ feed: String = "noise", file: String = #fileID, line: Int = #line) -> Tensor {
    self.feed(FeedPort(feed, NoiseFeed.values), file: file, line: line)
  }
}
