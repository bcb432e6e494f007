import Frontend

extension GraphGenerator {
  /// One of the operations that move elements and compute nothing.
  func view(_ item: Item) -> Item {
    let x = item.tensor
    switch below(8) {
    case 0: return Item(tensor: x.reshaped(refactored(x.shape)), bound: item.bound)
    case 1, 2: return Item(tensor: x.transposed(random.permutation(x.rank)), bound: item.bound)
    case 3, 4: return Item(tensor: sliced(x), bound: item.bound)
    case 5: return joined(item)
    case 6: return Item(tensor: padded(x), bound: item.bound)
    default: return Item(tensor: repeated(x), bound: item.bound)
    }
  }

  private func refactored(_ shape: [Int]) -> [Int] {
    switch below(4) {
    case 0: return [shape.reduce(1, *)]
    case 1: return shape + [1]
    case 2 where shape.count > 1: return [shape[0] * shape[1]] + shape.dropFirst(2)
    default:
      guard let axis = shape.firstIndex(where: { $0 % 2 == 0 }) else { return [1] + shape }
      return shape[..<axis] + [shape[axis] / 2, 2] + shape[(axis + 1)...]
    }
  }

  private func sliced(_ x: Tensor) -> Tensor {
    guard x.rank > 0 else { return x }
    let axis = below(x.rank)
    let start = below(x.size(axis))
    let limit = start + 1 + below(x.size(axis) - start)
    return x.sliced(axis, start..<limit, step: one(of: [1, 1, 1, 2, 3]))
  }

  private func joined(_ item: Item) -> Item {
    guard item.tensor.rank > 0, item.tensor.type.count < Self.limit / 3 else { return unary(item) }
    let axis = below(item.tensor.rank)
    var parts: [Item] = []
    for _ in 0..<(1 + below(2)) {
      var shape = item.shape
      if below(2) == 0 { shape[axis] = 1 + below(4) }
      parts.append(below(4) == 0 ? item : fitting(shape))
    }
    if below(4) == 0 {
      return Item(
        tensor: parts[0].tensor.concatenated(with: [item.tensor], axis: axis), bound: max(item.bound, parts[0].bound))
    }
    return Item(
      tensor: item.tensor.concatenated(with: parts.map(\.tensor), axis: axis),
      bound: parts.reduce(item.bound) { max($0, $1.bound) })
  }

  private func padded(_ x: Tensor) -> Tensor {
    guard x.rank > 0, x.type.count < Self.limit / 9 else { return x.tanh() }
    var (low, high) = (x.shape.map { _ in 0 }, x.shape.map { _ in 0 })
    for _ in 0..<2 {
      low[below(x.rank)] = below(3)
      high[below(x.rank)] = below(2)
    }
    return x.padded(low: low, high: high)
  }

  private func repeated(_ x: Tensor) -> Tensor {
    let count = size()
    guard x.rank < 4, x.type.count * count <= Self.limit else { return x.gelu() }
    var shape = x.shape
    let place = below(x.rank + 1)
    shape.insert(count, at: place)
    return x.broadcast(to: shape, axes: x.shape.indices.map { $0 < place ? $0 : $0 + 1 })
  }

  /// Sums, means and maxima over some axes, and what runs along the last axis.
  func reduced(_ item: Item) -> Item {
    let x = item.tensor
    guard x.rank > 0 else { return unary(item) }
    var axes = x.shape.indices.filter { _ in below(2) == 0 }
    if axes.isEmpty { axes = [below(x.rank)] }
    let count = axes.reduce(1) { $0 * x.size($1) }
    let keeps = below(3) == 0
    switch below(8) {
    case 0, 1: return Item(tensor: x.sum(axes, keep: keeps), bound: item.bound * Double(count).squareRoot())
    case 2, 3: return Item(tensor: x.mean(axes, keep: keeps), bound: item.bound)
    case 4: return Item(tensor: x.max(axes, keep: keeps), bound: item.bound)
    case 5:
      let softmax = one(of: [x.softmax(), exponentials(x)])
      return Item(tensor: softmax * (Double(x.size(-1)) / 2), bound: 1)
    case 6: return Item(tensor: x.logSumExp(), bound: item.bound + 2)
    default: return Item(tensor: x - x.mean([-1], keep: true), bound: item.bound)
    }
  }

  /// A softmax in elementary operations.
  private func exponentials(_ x: Tensor) -> Tensor {
    let powers = (x - x.max([-1], keep: true)).exp()
    return powers / powers.sum([-1], keep: true)
  }
}
