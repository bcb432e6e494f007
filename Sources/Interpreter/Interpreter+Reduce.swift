import Glibc
import TensorIR

/// Operations along axes: reductions, softmax and its relatives, sorting.
extension Interpreter {
  static func reduce(_ op: Reduce, _ x: HostTensor, _ type: TensorType) -> HostTensor {
    let kept = (0..<x.type.rank).filter { !op.axes.contains($0) }
    let inner = op.axes.reduce(1) { $0 * x.type.shape[$1] }
    let order = kept + op.axes
    let grouped =
      order == Array(0..<x.type.rank)
      ? x : transpose(Transpose(order), x, TensorType(x.type.element, order.map { x.type.shape[$0] }))
    func fold<T>(_ values: [T], _ start: T, _ combine: (T, T) -> T) -> [T] {
      (0..<type.count).map { row in
        values[row * inner..<(row + 1) * inner].reduce(start, combine)
      }
    }
    switch grouped.elements {
    case .reals(let values):
      switch op.kind {
      case .sum: return HostTensor(type, fold(values, 0, +))
      case .max: return HostTensor(type, fold(values, -.infinity, Binary.Kind.max.callAsFunction))
      }
    case .integers(let values):
      switch op.kind {
      case .sum: return HostTensor(type, fold(values, 0) { Rounding.wrap($0 &+ $1, to: type.element) })
      case .max: return HostTensor(type, fold(values, .min, Swift.max))
      }
    }
  }

  static func softmax(_ x: HostTensor) -> HostTensor {
    let size = x.type.shape[x.type.rank - 1]
    var values = x.reals
    for row in stride(from: 0, to: values.count, by: size) {
      let highest = values[row..<row + size].reduce(-.infinity, Binary.Kind.max.callAsFunction)
      var sum = 0.0
      for i in row..<row + size {
        values[i] = exp(values[i] - highest)
        sum += values[i]
      }
      for i in row..<row + size { values[i] /= sum }
    }
    return HostTensor(x.type, values)
  }

  static func logSumExp(_ x: HostTensor, _ type: TensorType) -> HostTensor {
    let size = x.type.shape[x.type.rank - 1]
    let values = x.reals
    return HostTensor(
      type,
      stride(from: 0, to: values.count, by: size).map { row in
        let highest = values[row..<row + size].reduce(-.infinity, Binary.Kind.max.callAsFunction)
        if !highest.isFinite { return highest }
        return highest + log(values[row..<row + size].reduce(0) { $0 + exp($1 - highest) })
      })
  }

  static func argmax(_ x: HostTensor, _ type: TensorType) -> HostTensor {
    let size = x.type.shape[x.type.rank - 1]
    let values = x.reals
    return HostTensor(
      type,
      stride(from: 0, to: values.count, by: size).map { row in
        var best = row
        for i in row..<row + size where values[i] > values[best] { best = i }
        return Int64(best - row)
      })
  }

  static func argsort(_ x: HostTensor, _ type: TensorType) -> HostTensor {
    let size = x.type.shape[x.type.rank - 1]
    func order<T>(_ values: [T], _ precedes: (T, T) -> Bool) -> [Int64] {
      stride(from: 0, to: values.count, by: size).flatMap { row in
        (0..<size).sorted { a, b in
          let (p, q) = (values[row + a], values[row + b])
          return precedes(p, q) || (!precedes(q, p) && a < b)
        }.map { Int64($0) }
      }
    }
    switch x.elements {
    case .reals(let values): return HostTensor(type, order(values) { $0 < $1 || (!$0.isNaN && $1.isNaN) })
    case .integers(let values): return HostTensor(type, order(values, <))
    }
  }
}
