/// A source of tensors that are given anew for each batch. The training program reads it from the records of a list.
public struct Feed: Hashable, Sendable {
  /// Names the feed's tensors: `report.ids`.
  public var name: String
  public var source: Source

  /// What the feed is made of.
  public enum Source: Hashable, Sendable {
    /// A picture, cropped and normalised.
    case image(ImageFeed)
    /// The words of a text.
    case tokens(TokenFeed)
    /// Numbers of a table's columns.
    case labels(LabelFeed)
    /// Uniform random numbers.
    case noise(NoiseFeed)
  }

  public init(_ name: String, _ source: Source) {
    self.name = name
    self.source = source
  }

  public static func image(_ feed: ImageFeed, named name: String = "image") -> Feed { Feed(name, .image(feed)) }
  public static func tokens(_ feed: TokenFeed, named name: String = "report") -> Feed { Feed(name, .tokens(feed)) }
  public static func labels(_ feed: LabelFeed, named name: String = "labels") -> Feed { Feed(name, .labels(feed)) }
  public static func noise(_ feed: NoiseFeed, named name: String = "noise") -> Feed { Feed(name, .noise(feed)) }

  /// A tensor that the feed fills.
  public struct Part: Hashable, Sendable {
    public var port: FeedPort
    public var type: TensorType
  }

  /// The feed's tensors for a batch, in a fixed order.
  public func parts(batch: Int) -> [Part] {
    func part(_ name: String, _ element: ElementType, _ shape: [Int]) -> Part {
      Part(port: FeedPort(self.name, name), type: TensorType(element, [batch] + shape))
    }
    switch source {
    case .image(let image): return [part(ImageFeed.pixels, .f32, [image.channels, image.side, image.side])]
    case .tokens(let tokens):
      return [TokenFeed.ids, TokenFeed.labels, TokenFeed.mask].map { part($0, .i32, [tokens.length]) }
    case .labels(let labels):
      return [
        labels.kind == .classIndex
          ? part(LabelFeed.values, .i32, []) : part(LabelFeed.values, .f32, [labels.columns.count])
      ]
    case .noise(let noise): return [part(NoiseFeed.values, .f32, [noise.count])]
    }
  }

  /// The columns of a list that it reads.
  public var columns: [String] {
    switch source {
    case .image(let image): [image.column]
    case .tokens(let tokens): [tokens.column]
    case .labels(let labels): labels.columns
    case .noise: []
    }
  }

  /// Whether it reads texts, for which a tokenizer is needed.
  public var readsText: Bool { if case .tokens = source { true } else { false } }

  /// For a tensor that holds numbers of something, 0 ..< count: their name for people, and how many there are.
  public func range(of part: String) -> (what: String, count: Int)? {
    switch source {
    case .tokens(let tokens) where part != TokenFeed.mask: ("token", tokens.vocabulary)
    case .labels(let labels) where labels.kind == .classIndex: ("class", labels.columns.count)
    case .tokens, .labels, .image, .noise: nil
    }
  }

  /// One line for people.
  public var summary: String {
    switch source {
    case .image(let image): "\(image.side)² × \(image.channels), column \(image.column)"
    case .tokens(let tokens): "\(tokens.length) tokens of \(tokens.vocabulary), column \(tokens.column)"
    case .labels(let labels): "\(labels.kind.summary): \(labels.columns.joined(separator: ", "))"
    case .noise(let noise): "\(noise.count) random numbers"
    }
  }
}
