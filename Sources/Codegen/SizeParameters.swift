/// Which numbers of a function's body are parameters, because the kernels that share it differ in them.
struct SizeParameters: Sendable {
  /// The most that a function takes: they come on the stack.
  static let limit = 24

  /// For each of the body's numbers, the parameter in its place; nil where all kernels have the same.
  let places: [Int?]
  /// For each kernel, its parameters.
  let values: [[Int]]

  /// Numbers that agree in every kernel share a parameter.
  /// - Parameter numbers: those of each kernel's body, equally many.
  /// - Returns: nil for one kernel, and for kernels that differ in more than `limit` numbers.
  init?(_ numbers: [[Int]]) {
    guard numbers.count > 1 else { return nil }
    var known: [[Int]: Int] = [:]
    var places: [Int?] = []
    for place in numbers[0].indices {
      let column = numbers.map { $0[place] }
      if column.allSatisfy({ $0 == column[0] }) {
        places.append(nil)
      } else {
        let parameter = known[column] ?? known.count
        known[column] = parameter
        places.append(parameter)
      }
    }
    if known.count > Self.limit { return nil }
    self.places = places
    let columns = known.sorted { $0.value < $1.value }.map(\.key)
    values = numbers.indices.map { kernel in columns.map { $0[kernel] } }
  }
}
