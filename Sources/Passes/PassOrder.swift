/// A pass that must not come after another, if both run.
public struct PassOrder: Hashable, Sendable {
  public let earlier: String
  public let later: String
  /// What is lost in the other order.
  public let reason: String

  init(_ earlier: String, before later: String, _ reason: String) {
    self.earlier = earlier
    self.later = later
    self.reason = reason
  }

  /// Every pass keeps a function's meaning wherever it stands; these pairs are what fusions and their count depend on.
  public static let all: [PassOrder] = [
    PassOrder("fold", before: "canonicalise", "equations ask for constants"),
    PassOrder("fold", before: "masked-gather", "choices are told from constants"),
    PassOrder("canonicalise", before: "masked-gather", "patterns are those of the canonical form"),
    PassOrder("cse", before: "masked-gather", "forward and backward must share their values"),
    PassOrder("masked-gather", before: "row-demand", "a table joined with its filler hides the rows it holds"),
    PassOrder("row-demand", before: "layout", "rows rise through transposes that layout turns into flags"),
    PassOrder("row-demand", before: "fuse-attention", "rows rise through its parts"),
    PassOrder("row-demand", before: "fuse-lm-head", "rows rise through its parts"),
    PassOrder("row-demand", before: "fuse-gathers", "gathers stand where they have risen to"),
    PassOrder("row-demand", before: "fuse-layer-norm", "rows rise through its parts"),
    PassOrder("layout", before: "fuse-gathers", "what is read where it stands has its final strides"),
    PassOrder("layout", before: "fuse-layer-norm", "patterns are matched with transposes as flags"),
    PassOrder("fuse-gathers", before: "dce", "what it replaces is dead afterwards"),
    PassOrder("canonicalise", before: "layout", "pairs of transposes are taken out first"),
    PassOrder("canonicalise", before: "fuse-attention", "patterns are those of the canonical form"),
    PassOrder("cse", before: "fuse-attention", "forward and backward must share their values"),
    PassOrder("layout", before: "fuse-attention", "products are matched with transposes as flags"),
    PassOrder("canonicalise", before: "fuse-lm-head", "patterns are those of the canonical form"),
    PassOrder("cse", before: "fuse-lm-head", "forward and backward must share their values"),
    PassOrder("layout", before: "fuse-lm-head", "products are matched with transposes as flags"),
    PassOrder("canonicalise", before: "fuse-layer-norm", "patterns are those of the canonical form"),
    PassOrder("cse", before: "fuse-layer-norm", "forward and backward must share their values"),
    PassOrder("cse", before: "rematerialise", "copies would be the same values again"),
    PassOrder("fuse-attention", before: "rematerialise", "what the backward reads is known once it is fused"),
    PassOrder("fuse-lm-head", before: "rematerialise", "what the backward reads is known once it is fused"),
    PassOrder("fuse-gathers", before: "rematerialise", "what the backward reads is known once it is fused"),
    PassOrder("fuse-layer-norm", before: "rematerialise", "what the backward reads is known once it is fused"),
    PassOrder("rematerialise", before: "recompute", "the cheap choices need no budget"),
    PassOrder("fuse-attention", before: "dce", "what it replaces is dead afterwards"),
    PassOrder("fuse-lm-head", before: "dce", "what it replaces is dead afterwards"),
    PassOrder("fuse-layer-norm", before: "dce", "what it replaces is dead afterwards"),
  ]
}

extension Pipeline {
  /// The same steps in another order that `PassOrder.all` allows. `draw(n)` gives a number of 0 ..< n.
  public func shuffled(_ draw: (Int) -> Int) -> Pipeline {
    var rest = steps
    var result: [Step] = []
    while !rest.isEmpty {
      let waiting = Set(rest.map(\.pass.name))
      let free = rest.indices.filter { index in
        !PassOrder.all.contains { $0.later == rest[index].pass.name && waiting.contains($0.earlier) }
      }
      result.append(rest.remove(at: free[draw(free.count)]))
    }
    return Pipeline(result)
  }
}
