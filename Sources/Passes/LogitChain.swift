import TensorIR

/// The values logits go through from their product to their readers.
struct LogitChain {
  let product: Int
  let input: ValueID
  let matrix: ValueID
  let bias: ValueID?
  /// The nodes that read the logits, views of them looked through.
  let readers: [Int]

  /// `value` is the logits or a view of them.
  init(_ graph: GraphIndex, _ value: ValueID) throws(LinearCrossEntropyMatcher.Failure) {
    func fail(_ reason: String) -> LinearCrossEntropyMatcher.Failure { .init(reason: reason) }
    let classes = graph.function.type(of: value).shape.last!
    let top = graph.base(value)
    var product = top
    var bias: ValueID?
    if let (a, b) = graph.binary(.add, top) {
      let sides = [(a, b), (b, a)]
      guard let (x, repeated) = sides.first(where: { graph.columnVector($0.1) != nil }) else {
        throw fail("the logits are a sum without a bias")
      }
      bias = graph.columnVector(repeated)
      product = graph.base(x)
      // Before the bias there are no other readers.
      for value in graph.views(between: x, product) where graph.readers(value).count != 1 || graph.isKept(value) {
        throw fail("the product is read without the bias too")
      }
    }
    guard let (index, node) = graph.definition(product), case .matmul(let op) = node.op else {
      throw fail("its operand is no product")
    }
    let type = graph.function.type(of: product)
    guard !op.transposeA, op.transposeB, type.rank == 2, type.shape[1] == classes else {
      throw fail("the product is not h·Wᵀ of matrices")
    }
    if type.element != .f32 { throw fail("the logits are \(type.element.rawValue)") }
    (self.product, input, matrix, self.bias) = (index, node.operands[0], node.operands[1], bias)
    readers = try graph.readersThroughViews(top, keepingLast: classes)
  }
}
