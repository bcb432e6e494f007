import Frontend

extension GraphGenerator {
  /// Rows chosen by given indices, by the places of the smallest keys, or by the place of a maximum.
  func rows(of item: Item) -> Item {
    let x = ranked(item, max(2, item.tensor.rank)).tensor
    let batch = below(2)
    let row = x.shape.dropFirst(batch + 1).reduce(1, *)
    let room = max(1, Self.limit / 2 / (row * (batch == 1 ? x.size(0) : 1)))
    let count = min(room, 1 + below(2 * x.size(batch)))
    let indices: Tensor
    switch below(4) {
    case 0 where batch == 1:
      let order = fitting([x.size(0), x.size(1)]).tensor.argsort()
      indices = order.sliced(1, 0..<min(count, x.size(1)))
      if below(3) == 0 { others.append(order) }
    case 1 where batch == 0:
      indices = graph.iota(axis: 0, [count])
    case 2:
      let best = fitting(batch == 1 ? [x.size(0), count, size()] : [count, size()]).tensor.argmax()
      indices = best
      others.append(best)
    default:
      indices = integers(batch == 1 ? [x.size(0), count] : one(of: [[count], [count, 1], [1, count]]))
    }
    return Item(tensor: x.gather(indices, batchDims: batch), bound: item.bound)
  }

  /// Rows added into zeros at indices that repeat.
  func scattered(_ item: Item) -> Item {
    let x = ranked(item, max(2, item.tensor.rank)).tensor
    let batch = x.rank > 2 ? below(2) : 0
    let indices = integers(Array(x.shape.prefix(batch + 1)))
    var shape = x.shape
    shape[batch] = 1 + below(8)
    guard shape.reduce(1, *) <= Self.limit else { return unary(item) }
    return Item(
      tensor: x.scatterAdd(indices, into: shape, batchDims: batch),
      bound: item.bound * Double(max(1, x.size(batch) / shape[batch])).squareRoot())
  }

  /// Rows of a table with positions, a norm and dropout, as text enters a model.
  func embedded() -> Item {
    let (batch, length, width) = (1 + below(3), 1 + below(6), one(of: [4, 8, 12, 16]))
    let ids = integers([batch, length])
    var x = embedding(
      "table\(items.count)", ids, count: one(of: [3, 6, 11]), width: width, paddingID: below(2) == 0 ? 0 : nil)
    if below(2) == 0 { x = x.adding(argument([length, width]).tensor) }
    if below(2) == 0 { x = layerNorm("norm\(items.count)", x, epsilon: 1e-2) }
    if below(2) == 0 { x = x.dropout(0.1) }
    return Item(tensor: x, bound: 3)
  }

  /// Some rows are kept, by the order of random keys; they return to their places among rows of a mask token.
  func masked(_ item: Item) -> Item {
    let x = ranked(item, 3).tensor
    let (batch, length, width) = (x.size(0), x.size(1), x.size(2))
    let order = argument([batch, length]).tensor.argsort()
    let visible = 1 + below(length)
    var seen = x.gather(order.sliced(1, 0..<visible), batchDims: 1)
    if below(2) == 0 { seen = linear("embed\(items.count)", seen, features: width) }
    if visible == length || below(3) == 0 { return Item(tensor: seen, bound: item.bound * 2) }
    let token = argument([1, 1, width]).tensor.broadcast(to: [batch, length - visible, width])
    let shuffled = concatenated(seen, token, axis: 1)
    var restored = shuffled.gather(order.argsort(), batchDims: 1)
    // Rows that records share, until something mixes them.
    if below(2) == 0 {
      restored = restored + argument([1, length, width]).tensor.broadcast(to: [batch, length, width])
    }
    if below(2) == 0 { restored = linear("rows\(items.count)", restored, features: width) }
    if below(2) == 0 { return Item(tensor: restored, bound: item.bound * 2) }
    // Only the rows that were left out count.
    let isHidden = order.argsort().compared(.ge, Double(visible)).converted(to: .f32)
    let error = restored - fitting([batch, length, width]).tensor
    return Item(tensor: (error * error).mean([-1]) * isHidden, bound: item.bound * item.bound + 1)
  }
}
