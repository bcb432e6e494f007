import LLVMKit

extension Emitter {
  /// The elements of `rows` vectors column by column: the transpose of a matrix whose rows are the vectors, as vectors of
  /// the same length. The number of rows is a power of two.
  ///
  /// A perfect shuffle of the whole sequence turns the bits of each element's number by one; as many as the row's number has
  /// bits put the column's number first.
  func transposed(_ rows: [Value]) -> [Value] {
    let lanes = rows[0].lanes
    var vectors = rows
    var rest = rows.count
    while rest > 1 {
      let half = vectors.count / 2
      vectors = (0..<half).flatMap { i -> [Value] in
        let (a, b) = (vectors[i], vectors[half + i])
        func interleaved(_ start: Int) -> Value {
          shuffle(a, b, (0..<lanes).map { start + $0 / 2 + ($0 % 2 == 0 ? 0 : lanes) })
        }
        return [interleaved(0), interleaved(lanes / 2)]
      }
      rest /= 2
    }
    return vectors
  }
}
