import Frontend

extension GraphGenerator {
  /// A product, batched or not, with any of the operands transposed.
  func product(_ item: Item) -> Item {
    let x = ranked(item, max(2, item.tensor.rank))
    let a = x.tensor
    let (flipsA, flipsB) = (below(3) == 0, below(2) == 0)
    let batch = Array(a.shape.dropLast(2))
    let (m, k) = flipsA ? (a.size(-1), a.size(-2)) : (a.size(-2), a.size(-1))
    var n = size()
    if batch.reduce(1, *) * m * n > Self.limit { n = 1 }
    let other = fitting(batch + (flipsB ? [n, k] : [k, n]))
    let bound = x.bound * other.bound * Double(k).squareRoot()
    let scale = 1 / Double(k).squareRoot()
    if below(3) == 0 {
      // The other way round, as (bᵀ·aᵀ) or with a turned operand that is no flag yet.
      let b = flipsB ? transposedLast(other.tensor) : other.tensor
      return Item(tensor: matmul(flipsA ? transposedLast(a) : a, b) * scale, bound: bound * scale)
    }
    return Item(
      tensor: matmul(a, other.tensor, transposeA: flipsA, transposeB: flipsB) * scale, bound: bound * scale)
  }

  private func transposedLast(_ x: Tensor) -> Tensor {
    var order = Array(0..<x.rank)
    order.swapAt(x.rank - 1, x.rank - 2)
    return x.transposed(order)
  }

  /// A layer norm, sometimes after a sum and dropout.
  func normalised(_ item: Item) -> Item {
    var x = ranked(item, max(1, item.tensor.rank)).tensor
    if below(2) == 0 { x = x.adding(fitting(x.shape).tensor.dropout(one(of: [0, 0.2]))) }
    if x.size(-1) == 1 { return Item(tensor: x.tanh(), bound: 1) }
    let norm = layerNorm("norm\(items.count)", x, epsilon: one(of: [1e-1, 1e-2, 1e-3]))
    return Item(tensor: norm, bound: 3)
  }

  /// linear(gelu(linear(x))) with residual and dropout, in the forms models have.
  func perceptron(_ item: Item) -> Item {
    let x = ranked(item, max(2, item.tensor.rank)).tensor
    let width = x.size(-1)
    var hidden = linear("fc1_\(items.count)", x, features: one(of: [2 * width, size()]), bias: below(4) > 0)
    if below(3) > 0 { hidden = hidden.gelu() }
    if below(4) == 0 { hidden = hidden.dropout(0.3) }
    guard hidden.type.count <= 2 * Self.limit else { return unary(item) }
    var out = linear("fc2_\(items.count)", hidden, features: width, bias: below(4) > 0)
    if below(3) == 0 { out = out.dropout(0.2) }
    if below(2) == 0 { out = x.adding(out) }
    return Item(tensor: out * (1 / Double(width).squareRoot()), bound: item.bound * 2)
  }

  /// Attention of heads over projections or slices of one, with no mask, a causal one, one of padding, or a full bias;
  /// or one head in elementary operations whose probabilities may be read elsewhere too.
  func attended(_ item: Item) -> Item {
    let x = ranked(item, 3).tensor
    let (batch, length, width) = (x.size(0), x.size(1), x.size(2))
    guard batch * length * length * 4 <= Self.limit, x.type.count <= 1024 else { return perceptron(item) }
    if below(4) == 0 { return singleHead(x, item.bound) }
    let heads = one(of: [1, 2, 3, 4].filter { width % $0 == 0 })
    let query, key, value: Tensor
    if below(3) == 0 {
      let other = fitting([batch, below(2) == 0 ? length : 1 + below(6), width]).tensor
      query = linear("q\(items.count)", x, features: width)
      key = linear("k\(items.count)", other, features: width, bias: below(2) == 0)
      value = linear("v\(items.count)", other, features: width)
    } else {
      let qkv = linear("qkv\(items.count)", x, features: 3 * width, bias: below(4) > 0)
      query = qkv.sliced(-1, 0..<width)
      key = qkv.sliced(-1, width..<(2 * width))
      value = qkv.sliced(-1, (2 * width)..<(3 * width))
    }
    let bias = bias(batch, heads, length, key.size(1))
    let out = attention(
      query: query, key: key, value: value, heads: heads, bias: bias, dropout: one(of: [0, 0, 0.1, 0.5]))
    if below(2) == 0 { return Item(tensor: out * 0.5, bound: item.bound * 2) }
    return Item(tensor: x.adding(linear("out\(items.count)", out, features: width) * 0.5), bound: item.bound * 3)
  }

  private func bias(_ batch: Int, _ heads: Int, _ length: Int, _ keys: Int) -> Tensor? {
    switch below(6) {
    case 0:
      let allowed = graph.iota(axis: 1, [length, keys]).compared(.le, graph.iota(axis: 0, [length, keys]))
      return select(allowed, graph.constant(0, [length, keys]), -1e9)
    case 1:
      // The first key is seen by all: of a row in which every score is −10000 and more, no f32 has digits left.
      let isToken = booleans([batch, keys]) .| graph.iota(axis: 1, [batch, keys]).compared(.eq, 0)
      return ((1 - isToken.converted(to: .f32)) * -10000).reshaped([batch, 1, 1, keys])
    case 2: return argument([batch, heads, length, keys]).tensor
    case 3: return argument([heads, length, keys]).tensor
    default: return nil
    }
  }

  private func singleHead(_ x: Tensor, _ bound: Double) -> Item {
    let (length, width) = (x.size(1), x.size(2))
    let key = fitting([x.size(0), length, width]).tensor
    let scores = matmul(x, key, transposeB: true) * one(of: [1 / Double(width).squareRoot(), 0.25, 1])
    let p = one(of: [scores, scores + argument([length, length]).tensor]).softmax()
    if below(4) == 0 { keep(Item(tensor: p, bound: 1)) }
    return Item(tensor: matmul(below(3) == 0 ? p.dropout(0.25) : p, x), bound: bound)
  }

  /// The cross-entropy of a head's logits, over all positions or those of a mask.
  func crossEntropies(_ item: Item) -> Item {
    let x = ranked(item, max(2, item.tensor.rank)).tensor
    let classes = one(of: [2, 5, 7, 16, 19])
    guard x.type.count / x.size(-1) * classes <= Self.limit else { return reduced(item) }
    let logits = linear("head\(items.count)", x, features: classes, bias: below(3) > 0)
    let labels = integers(Array(x.shape.dropLast()))
    let losses = crossEntropy(logits, labels)
    switch below(4) {
    case 0: return Item(tensor: losses, bound: 4)
    case 1:
      let counts = labels.compared(.gt, 1).converted(to: .f32)
      return Item(tensor: (losses * counts).sum() / (counts.sum() + 1e-6).maximum(1), bound: 4)
    case 2:
      others.append(logits.argmax())
      return Item(tensor: losses.mean(), bound: 4)
    default: return Item(tensor: losses.mean(), bound: 4)
    }
  }
}
