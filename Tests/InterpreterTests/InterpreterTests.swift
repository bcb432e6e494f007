import Interpreter
import Support
import TensorIR
import Testing

@Suite struct InterpreterTests {
  private func real(_ shape: [Int], _ values: [Double], _ element: ElementType = .f32) -> HostTensor {
    HostTensor(TensorType(element, shape), values)
  }
  private func integer(_ shape: [Int], _ values: [Int64], _ element: ElementType = .i32) -> HostTensor {
    HostTensor(TensorType(element, shape), values)
  }
  private func evaluate(_ op: Op, _ operands: HostTensor...) throws -> HostTensor {
    try Interpreter.evaluate(op, operands)[0]
  }
  private let nan = Double.nan

  @Test func matmulOfEveryTransposition() throws {
    let expected: [Double] = [58, 64, 139, 154]
    let (a, at) = (real([2, 3], [1, 2, 3, 4, 5, 6]), real([3, 2], [1, 4, 2, 5, 3, 6]))
    let (b, bt) = (real([3, 2], [7, 8, 9, 10, 11, 12]), real([2, 3], [7, 9, 11, 8, 10, 12]))
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
      let op = Op.matmul(Matmul(transposeA: transposeA, transposeB: transposeB))
      #expect(try evaluate(op, transposeA ? at : a, transposeB ? bt : b).reals == expected)
    }
    let batched = try evaluate(.matmul(Matmul()), real([2, 1, 2], [1, 2, 3, 4]), real([2, 2, 1], [5, 6, 7, 8]))
    #expect(batched == real([2, 1, 1], [17, 53]))
  }

  @Test func longInnerAxis() throws {
    let count = 1001
    let ramp = (0..<count).map(Double.init)
    let product = try evaluate(.matmul(Matmul()), real([1, count], ramp), real([count, 1], ramp))
    #expect(product.reals == [ramp.reduce(0) { $0 + $1 * $1 }])
  }

  @Test func shapes() throws {
    let x = real([2, 3], [1, 2, 3, 4, 5, 6])
    #expect(try evaluate(.transpose(Transpose([1, 0])), x) == real([3, 2], [1, 4, 2, 5, 3, 6]))
    #expect(try evaluate(.broadcast(Broadcast(shape: [2, 2, 3], axes: [1, 2])), x).reals == x.reals + x.reals)
    #expect(
      try evaluate(.broadcast(Broadcast(shape: [2, 3], axes: [0, 1])), real([2, 1], [8, 9])).reals == [
        8, 8, 8, 9, 9, 9,
      ])
    #expect(
      try evaluate(.slice(Slice(start: [0, 0], limit: [2, 3], step: [1, 2])), x) == real([2, 2], [1, 3, 4, 6]))
    #expect(
      try evaluate(.pad(Pad(low: [1, 0], high: [0, 1], interior: [0, 1])), real([1, 2], [1, 2]))
        == real([2, 4], [0, 0, 0, 0, 1, 0, 2, 0]))
    #expect(
      try evaluate(.concat(Concat(axis: 1)), x, real([2, 1], [7, 8])) == real([2, 4], [1, 2, 3, 7, 4, 5, 6, 8]))
    #expect(try evaluate(.reshape(Reshape([6])), x) == real([6], x.reals))
    #expect(try evaluate(.iota(Iota(axis: 1, TensorType(.i64, [2, 2])))) == integer([2, 2], [0, 1, 0, 1], .i64))
  }

  @Test func reductions() throws {
    let x = real([2, 3], [1, -2, 3, -4, 5, -6])
    #expect(try evaluate(.reduce(Reduce(.sum, axes: [0])), x) == real([3], [-3, 3, -3]))
    #expect(try evaluate(.reduce(Reduce(.max, axes: [1])), x) == real([2], [3, 5]))
    #expect(try evaluate(.reduce(Reduce(.sum, axes: [0, 1])), x) == real([], [-3]))
    #expect(try evaluate(.reduce(Reduce(.max, axes: [0])), real([2], [nan, 1])).scalar.isNaN)
    #expect(try evaluate(.argmax(Argmax()), real([2, 3], [1, 3, 3, -1, -5, -2])) == integer([2], [1, 0]))
    let sum = try evaluate(.logSumExp(LogSumExp()), real([2], [1000, 1000])).scalar
    #expect(abs(sum - 1000.6931471805599) < 1e-10)
    #expect(try evaluate(.softmax(Softmax()), real([2], [1000, 1000])).reals == [0.5, 0.5])
  }

  @Test func argsortIsStable() throws {
    #expect(
      try evaluate(.argsort(Argsort()), real([2, 4], [2, 1, 2, 1, 0, 0, -1, nan])).integers == [1, 3, 0, 2, 2, 0, 1, 3])
    #expect(try evaluate(.argsort(Argsort()), integer([3], [5, -5, 5])).integers == [1, 0, 2])
  }

  @Test func gatherAndScatterAdd() throws {
    let data = real([3, 2], [1, 2, 3, 4, 5, 6])
    #expect(try evaluate(.gather(Gather(batchDims: 0)), data, integer([2], [2, -1])).reals == [5, 6, 1, 2])
    #expect(try evaluate(.gather(Gather(batchDims: 1)), data, integer([3, 1], [1, 0, 9])).reals == [2, 3, 6])
    let sum = try evaluate(
      .scatterAdd(ScatterAdd(batchDims: 0, shape: [3, 2])), real([3, 2], [1, 2, 10, 20, 5, 6]), integer([3], [1, 1, 0]))
    #expect(sum.reals == [5, 6, 11, 22, 0, 0])
  }

  @Test func elementwise() throws {
    #expect(try evaluate(.unary(Unary(.sign)), real([4], [-2, 0, 3, 0.5])).reals == [-1, 0, 1, 1])
    let gelu = try evaluate(.unary(Unary(.gelu)), real([2], [1, -2])).reals
    #expect(abs(gelu[0] - 0.8413447460685429) < 1e-15 && abs(gelu[1] + 0.0455002638963584) < 1e-15)
    let slope = try evaluate(.unary(Unary(.geluDerivative)), real([1], [1])).scalar
    #expect(abs(slope - 1.0833154705876864) < 1e-15)
    #expect(try evaluate(.binary(Binary(.max)), real([2], [1, nan]), real([2], [2, 0])).reals[0] == 2)
    #expect(try evaluate(.binary(Binary(.min)), real([2], [1, nan]), real([2], [2, 0])).reals[1].isNaN)
    #expect(try evaluate(.compare(Compare(.le)), real([3], [1, 2, nan]), real([3], [1, 1, 1])).integers == [1, 0, 0])
    #expect(
      try evaluate(.binary(Binary(.add)), integer([1], [Int64(Int32.max)]), integer([1], [1])).integers == [
        Int64(Int32.min)
      ])
    #expect(
      try evaluate(.select(Select()), integer([2], [1, 0], .bool), real([2], [1, 2]), real([2], [3, 4])).reals == [
        1, 4,
      ])
    #expect(try evaluate(.convert(Convert(.i32)), real([3], [-1.9, 1.9, 7])).integers == [-1, 1, 7])
    #expect(try evaluate(.convert(Convert(.bool)), real([3], [-0.5, 0, 7])).integers == [1, 0, 1])
  }

  @Test func dropoutIsDecidedBySeedStreamAndIndex() throws {
    let count = 4000
    let ones = HostTensor(TensorType(.f32, [count]), splat: 1)
    let seed = integer([], [Int64.min + 12345], .i64)
    let first = try evaluate(.dropout(Dropout(rate: 0.25, stream: 3)), ones, seed).reals
    let threshold = UInt32(0.25 * 4_294_967_296)
    for (i, value) in first.enumerated() {
      let kept = Philox.dropoutBits(index: i, stream: 3, seed: Int64.min + 12345) >= threshold
      #expect(value == (kept ? 1 / 0.75 : 0))
    }
    let rate = Double(first.filter { $0 == 0 }.count) / Double(count)
    #expect(abs(rate - 0.25) < 0.03)
    #expect(try evaluate(.dropout(Dropout(rate: 0.25, stream: 4)), ones, seed).reals != first)
    #expect(try evaluate(.dropout(Dropout(rate: 0.25, stream: 3)), ones, integer([], [1], .i64)).reals != first)
  }
}
