import Frontend
import Interpreter
import Testing

@Suite struct LayerTests {
  private func wave(_ type: TensorType, _ step: Double) -> HostTensor {
    HostTensor(type, (0..<type.count).map { i in ((Double(i) * step).truncatingRemainder(dividingBy: 2)) - 1 })
  }

  @Test("linear: x·Wᵀ + b along the last axis")
  func linearValues() throws {
    let function = try build { linear("fc", $0.input("x", .f32, [1, 2, 2]), features: 1) }
    #expect(function.arguments.map(\.name) == ["x", "fc.weight", "fc.bias"])
    #expect(function.arguments[1].type.shape == [1, 2])
    let inputs = [[1, 2, 3, 4], [10, 100], [0.5]]
    let tensors = zip(function.arguments, inputs).map { HostTensor($0.type, $1) }
    #expect(
      try Interpreter.run(function, inputs: tensors)[0] == HostTensor(TensorType(.f32, [1, 2, 1]), [210.5, 430.5]))
  }

  @Test("layerNorm: mean 0 and variance 1 before the affine part")
  func layerNormValues() throws {
    let function = try build { layerNorm("norm", $0.input("x", .f32, [2, 4]), epsilon: 0) }
    let x = wave(function.arguments[0].type, 0.7)
    let ones = HostTensor(function.arguments[1].type, splat: 1)
    let result = try Interpreter.run(function, inputs: [x, ones, HostTensor(function.arguments[2].type, splat: 0)])[0]
      .reals
    for row in 0..<2 {
      let values = result[(4 * row)..<(4 * row + 4)]
      #expect(abs(values.reduce(0, +)) < 1e-12)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-12)
    }
  }

  @Test("attention: equal keys average the values; a bias hides positions")
  func attentionValues() throws {
    let type = TensorType(.f32, [1, 3, 4])
    let function = try build { graph in
      let hide = graph.constant([0, 0, -1e30], [1, 1, 1, 3])
      return attention(
        query: graph.input("q", .f32, type.shape), key: graph.input("k", .f32, type.shape),
        value: graph.input("v", .f32, type.shape), heads: 2, bias: hide)
    }
    let value = wave(type, 0.3)
    let result = try Interpreter.run(function, inputs: [wave(type, 0.9), HostTensor(type, splat: 0.5), value])[0].reals
    for (index, found) in result.enumerated() {
      let column = index % 4
      #expect(abs(found - (value.reals[column] + value.reals[4 + column]) / 2) < 1e-12)
    }
  }

  @Test("embedding: the padding row keeps its value and gets no gradient")
  func embeddingPadding() throws {
    let function = try build { embedding("word", $0.input("ids", .i32, [3]), count: 4, width: 2, paddingID: 0) }
    let table = HostTensor(function.arguments[1].type, (0..<8).map(Double.init))
    let result = try Interpreter.run(
      function, inputs: [HostTensor(function.arguments[0].type, [Int64(0), 3, 1]), table])
    #expect(result[0].reals == [0, 1, 6, 7, 2, 3])
    #expect(function.mnemonics.filter { $0 == "gather" }.count == 1)
    #expect(function.nodes.last!.op == .select(Select()))
    let detached = function.nodes.first { $0.op == .stopGradient(StopGradient()) }!
    #expect(function.nodes.last!.operands[2] == detached.result)
    #expect(
      function.arguments[1].role
        == .parameter(ParameterRole(.normal(std: 0.02, zeroRow: 0), decays: true)))
  }

  @Test("crossEntropy: log of the number of classes for equal logits")
  func crossEntropyValues() throws {
    let function = try build { crossEntropy($0.input("x", .f32, [2, 3]), $0.input("y", .i32, [2])) }
    let inputs = [
      HostTensor(function.arguments[0].type, [0, 0, 0, 1, 2, 3] as [Double]),
      HostTensor(function.arguments[1].type, [Int64(1), 2]),
    ]
    let result = try Interpreter.run(function, inputs: inputs)[0].reals
    #expect(abs(result[0] - 1.0986122886681098) < 1e-12)
    #expect(abs(result[1] - 0.40760596444438) < 1e-12)
  }
}
