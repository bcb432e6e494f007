import Frontend

extension GraphGenerator {
  func unary(_ item: Item) -> Item {
    let (x, bound) = (item.tensor, item.bound)
    switch below(12) {
    case 0: return Item(tensor: -x, bound: bound)
    case 1: return Item(tensor: x.abs(), bound: bound)
    case 2: return Item(tensor: x.tanh(), bound: min(1, bound))
    case 3, 4: return Item(tensor: x.gelu(), bound: bound)
    case 5: return Item(tensor: (x * (1 / max(1, bound))).exp(), bound: 2.8)
    case 6: return Item(tensor: (x.abs() + 0.5).log(), bound: max(0.7, bound))
    case 7: return Item(tensor: (x * x + 0.25).squareRoot(), bound: bound + 0.5)
    case 8: return Item(tensor: (x.abs() + 0.5).reciprocalSquareRoot(), bound: 1.5)
    case 9: return Item(tensor: x.dropout(one(of: [0.1, 0.5, 0.9])), bound: bound * 2)
    case 10: return Item(tensor: x.detached() * x, bound: bound * bound)
    default: return Item(tensor: (x.converted(to: .f64) * 0.5).converted(to: .f32), bound: bound / 2)
    }
  }

  func binary(_ item: Item) -> Item {
    let other = partner(item.shape)
    let (x, y) = (item.tensor, other.tensor)
    let (a, b) = (item.bound, other.bound)
    switch below(9) {
    case 0, 1: return Item(tensor: x.adding(y), bound: a + b)
    case 2: return Item(tensor: x - y, bound: a + b)
    case 3, 4: return Item(tensor: x * y, bound: a * b)
    case 5: return Item(tensor: x / (y.abs() + 0.5), bound: a * 2)
    case 6: return Item(tensor: x.maximum(y), bound: max(a, b))
    case 7: return Item(tensor: x.minimum(y), bound: max(a, b))
    default: return Item(tensor: one(of: [x * 0.5 + 1, x - 0.25, x / 3, 2 - x, x * 1, x + 0, -1 * x]), bound: a + 2)
    }
  }

  /// A value that broadcasts to `shape`.
  func partner(_ shape: [Int]) -> Item {
    switch below(6) {
    case 0: return fitting(Array(shape.suffix(below(shape.count + 1))))
    case 1: return fitting(shape.map { below(2) == 0 ? $0 : 1 })
    default: return fitting(shape)
    }
  }

  /// Comparisons and what they choose.
  func chosen(_ item: Item) -> Item {
    let (x, other) = (item.tensor, fitting(item.shape))
    var condition = x.compared(one(of: [.lt, .le, .gt, .ge, .eq, .ne]), other.tensor)
    switch below(5) {
    case 0: condition = .!condition
    case 1: condition = condition .& (x .< 0.5)
    case 2: condition = condition .| (x .> 1)
    case 3: condition = booleans(item.shape)
    default: break
    }
    if below(3) == 0 { others.append(condition) }
    if below(3) == 0 {
      return Item(tensor: condition.converted(to: .f32) * x, bound: item.bound)
    }
    return Item(tensor: select(condition, x, other.tensor * 0.5), bound: max(item.bound, other.bound))
  }
}
