import Frontend
import Interpreter
import Testing

@Suite struct TensorTests {
  /// Builds and runs a function whose inputs are filled with 1, 2, 3, ….
  private func values(_ body: (Graph) -> Tensor) throws -> [Double] {
    let function = try build(body)
    let inputs = function.arguments.map { argument in
      argument.type.element.isFloat
        ? HostTensor(argument.type, (0..<argument.type.count).map { Double($0 + 1) })
        : HostTensor(argument.type, (0..<argument.type.count).map { Int64($0 + 1) })
    }
    let result = try Interpreter.run(function, inputs: inputs)[0]
    return result.type.element.isFloat ? result.reals : result.integers.map(Double.init)
  }

  @Test("Shapes are matched from the last axis, as in NumPy")
  func broadcasting() throws {
    #expect(try values { $0.input("a", .f32, [2, 3]) + $0.input("b", .f32, [3]) } == [2, 4, 6, 5, 7, 9])
    #expect(try values { $0.input("a", .f32, [2, 1]) * $0.input("b", .f32, [2]) } == [1, 2, 2, 4])
    #expect(try values { $0.input("b", .f32, []) - $0.input("a", .f32, [2]) } == [0, -1])
    let function = try build { $0.input("a", .f32, [4, 1, 3]) + $0.input("b", .f32, [2, 1]) }
    #expect(function.resultType == TensorType(.f32, [4, 2, 3]))
    #expect(function.mnemonics == ["broadcast", "broadcast", "add"])
  }

  @Test("Equal shapes need no broadcast, and nothing is built for what changes nothing")
  func nothingSuperfluous() throws {
    let function = try build { graph in
      let a = graph.input("a", .f32, [2, 3])
      let same = a.reshaped([2, -1]).transposed([0, 1]).sliced(0, 0..<2).converted(to: .f32).dropout(0)
      return same.broadcast(to: [2, 3]) + a
    }
    #expect(function.mnemonics == ["add"])
  }

  @Test("Scalars stand on either side")
  func scalars() throws {
    #expect(try values { 1 - $0.input("a", .f32, [2]) / 2 } == [0.5, 0])
    #expect(try values { 6 / ($0.input("a", .f32, [2]) + 1) } == [3, 2])
    #expect(try values { -(2 * $0.input("a", .f32, [2]) - 1) } == [-1, -3])
  }

  @Test("Slices, concatenation and padding")
  func shapes() throws {
    #expect(try values { $0.input("a", .f32, [2, 4]).sliced(-1, 1..<4, step: 2) } == [2, 4, 6, 8])
    #expect(try values { $0.input("a", .f32, [2, 3]).sliced(1, 2...) } == [3, 6])
    #expect(try values { $0.input("a", .f32, [2, 3]).selected(0, 1) } == [4, 5, 6])
    #expect(try values { $0.input("a", .f32, [2]).padded(low: [1], high: [2]) } == [0, 1, 2, 0, 0])
    #expect(
      try values { concatenated($0.input("a", .f32, [1, 2]), $0.input("b", .f32, [1, 1]), axis: -1) } == [1, 2, 1])
    #expect(try values { $0.input("a", .f32, [2, 3]).transposed([1, 0]) } == [1, 4, 2, 5, 3, 6])
  }

  @Test("Reductions over some axes or all, kept or not")
  func reductions() throws {
    #expect(try values { $0.input("a", .f32, [2, 3]).sum([-1]) } == [6, 15])
    #expect(try values { $0.input("a", .f32, [2, 4]).mean() } == [4.5])
    #expect(try values { $0.input("a", .f32, [2, 3]).max([0], keep: true) } == [4, 5, 6])
    #expect(try build { $0.input("a", .f32, [2, 3]).mean([-1], keep: true) }.resultType.shape == [2, 1])
  }

  @Test("Gather, scatter, argsort, argmax, one-hot")
  func indexing() throws {
    #expect(
      try values { $0.input("a", .f32, [3, 2]).gather($0.constant([2, 0, 2], [3], element: .i32)) } == [
        5, 6, 1, 2, 5, 6,
      ])
    #expect(
      try values { graph in
        graph.input("a", .f32, [3]).scatterAdd(graph.constant([1, 0, 1], [3], element: .i32), into: [2])
      } == [2, 4])
    #expect(try values { (-$0.input("a", .f32, [3])).argsort() } == [2, 1, 0])
    #expect(try values { $0.input("a", .f32, [2, 3]).argmax() } == [2, 2])
    #expect(try values { $0.input("a", .i32, [2]).oneHot(classes: 3) } == [0, 1, 0, 0, 0, 1])
    #expect(try values { $0.iota(axis: 0, [2, 2]) } == [0, 0, 1, 1])
  }

  @Test("Comparison and choice")
  func choices() throws {
    #expect(try values { select($0.input("a", .f32, [3]) .> 1, $0.input("a", .f32, [3]), 0) } == [0, 2, 3])
    #expect(
      try values { graph in
        let a = graph.input("a", .f32, [4])
        return ((a .>= 2) .& .!(a .== 3) .| (a .< 2) .| (a .<= 0) .& (a .!= 1)).converted(to: .i32)
      } == [1, 1, 0, 1])
    #expect(
      try values { select($0.input("a", .f32, [2]) .< 2, $0.constant(5), $0.input("b", .f32, [3, 2])) } == [
        5, 2, 5, 4, 5, 6,
      ])
    #expect(try values { $0.input("a", .f32, [3]).maximum(2).minimum($0.constant(2.5)) } == [2, 2, 2.5])
  }

  @Test("Each dropout has a stream of its own, all share the seed")
  func dropout() throws {
    let function = try build { $0.input("a", .f32, [4]).dropout(0.1).dropout(0.5) }
    let ops = function.nodes.map(\.op)
    #expect(ops == [.dropout(Dropout(rate: 0.1, stream: 0)), .dropout(Dropout(rate: 0.5, stream: 1))])
    #expect(function.arguments.map(\.name) == ["a", "seed"])
    #expect(function.arguments[1].type == TensorType(.i64, []))
  }
}
