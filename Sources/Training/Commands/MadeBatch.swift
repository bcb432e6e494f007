import CRuntime
import Execution

/// A batch of noise of plausible size: the same for the same sizes.
enum MadeBatch {
  /// Fills the tensors of the feeds.
  static func fill(_ memory: BatchMemory, _ feeds: [Feed], batch: Int) {
    for feed in feeds {
      func tensor<Element>(_ part: String, as type: Element.Type) -> UnsafeMutableBufferPointer<Element> {
        memory.tensors[FeedPort(feed.name, part).description]!.bindMemory(to: type)
      }
      switch feed.source {
      case .image:
        let pixels = tensor(ImageFeed.pixels, as: Float.self)
        mrm_fill_normal(pixels.baseAddress!, pixels.count, 1, 1)
      case .noise:
        let noise = tensor(NoiseFeed.values, as: Float.self)
        mrm_fill_uniform(noise.baseAddress!, noise.count, 2, 0.5)
        for index in noise.indices { noise[index] += 0.5 }
      case .tokens(let tokens):
        let (ids, labels) = (tensor(TokenFeed.ids, as: Int32.self), tensor(TokenFeed.labels, as: Int32.self))
        let mask = tensor(TokenFeed.mask, as: Int32.self)
        for index in ids.indices {
          labels[index] = Int32(4 + index * 7919 % max(1, tokens.vocabulary - 4))
          ids[index] = index % 2 == 0 ? labels[index] : 3
          mask[index] = 1
        }
      case .labels(let labels):
        if labels.kind == .classIndex {
          let classes = tensor(LabelFeed.values, as: Int32.self)
          for index in classes.indices { classes[index] = Int32(index % labels.columns.count) }
        } else {
          let values = tensor(LabelFeed.values, as: Float.self)
          for index in values.indices { values[index] = index * 7919 % 3 == 0 ? 1 : 0 }
        }
      }
    }
  }
}
