internal import CLLVM

extension Emitter {
  /// A vector whose lanes all are `scalar`.
  public func splat(_ scalar: Value, _ lanes: Int) -> Value {
    let poison = module.poison(scalar.type.vector(lanes))
    let first = insert(scalar, into: poison, at: 0)
    return lanes == 1 ? first : shuffle(first, poison, Array(repeating: 0, count: lanes))
  }

  /// The constant vector 0, 1, 2, … of an integer type.
  public func iota(_ element: Type, _ lanes: Int) -> Value {
    module.constantVector((0..<lanes).map { constant(element.element, $0) })
  }

  public func extract(_ vector: Value, at lane: Int) -> Value { extract(vector, at: i32(lane)) }

  public func extract(_ vector: Value, at lane: Value) -> Value {
    Value(LLVMBuildExtractElement(builder, vector.ref, lane.ref, ""))
  }

  public func insert(_ scalar: Value, into vector: Value, at lane: Int) -> Value {
    insert(scalar, into: vector, at: i32(lane))
  }

  public func insert(_ scalar: Value, into vector: Value, at lane: Value) -> Value {
    Value(LLVMBuildInsertElement(builder, vector.ref, scalar.ref, lane.ref, ""))
  }

  /// Lanes picked from `a` followed by `b`; a negative number leaves a lane that nobody may read.
  public func shuffle(_ a: Value, _ b: Value, _ lanes: [Int]) -> Value {
    let mask = module.constantVector(lanes.map { $0 < 0 ? poison(i32) : i32($0) })
    return Value(LLVMBuildShuffleVector(builder, a.ref, b.ref, mask.ref, ""))
  }

  /// Lanes picked from one vector.
  public func shuffle(_ a: Value, _ lanes: [Int]) -> Value { shuffle(a, module.poison(a.type), lanes) }

  /// `count` lanes from `start` on.
  public func slice(_ a: Value, from start: Int, count: Int) -> Value { shuffle(a, Array(start..<(start + count))) }

  /// The lanes of `a`, then those of `b` (as many).
  public func concat(_ a: Value, _ b: Value) -> Value { shuffle(a, b, Array(0..<(2 * a.lanes))) }

  /// The sum of all lanes in a fixed tree (halves added to halves), so the same bits on every target.
  public func reduceAdd(_ a: Value) -> Value { reduce(a, neutral: -0.0) { fadd($0, $1) } }

  /// The greatest lane; NaN lanes may or may not show.
  public func reduceMax(_ a: Value) -> Value { reduce(a, neutral: -.infinity) { fmax($0, $1) } }

  /// The least lane; NaN lanes may or may not show.
  public func reduceMin(_ a: Value) -> Value { reduce(a, neutral: .infinity) { fmin($0, $1) } }

  /// The sum of all lanes of integers.
  public func reduceAddInteger(_ a: Value) -> Value {
    a.type.isVector ? intrinsic("llvm.vector.reduce.add", [a.type], [a]) : a
  }

  /// Whether any lane of a mask holds.
  public func any(_ mask: Value) -> Value {
    mask.type.isVector ? intrinsic("llvm.vector.reduce.or", [mask.type], [mask]) : mask
  }

  /// Halves until one lane is left; lane counts that are no power of two are padded with the neutral element first.
  private func reduce(_ a: Value, neutral: Double, _ combine: (Value, Value) -> Value) -> Value {
    if !a.type.isVector { return a }
    var value = a
    var lanes = a.lanes
    var power = 1
    while power < lanes { power *= 2 }
    if power > lanes {
      value = shuffle(value, constant(value.type, neutral), (0..<power).map { min($0, lanes) })
      lanes = power
    }
    while lanes > 1 {
      lanes /= 2
      value = combine(slice(value, from: 0, count: lanes), slice(value, from: lanes, count: lanes))
    }
    return extract(value, at: 0)
  }
}
