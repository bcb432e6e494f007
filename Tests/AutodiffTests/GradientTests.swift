import Autodiff
import Interpreter
import Support
import TensorIR
import Testing

@Suite struct GradientTests {
  private static let vector = TensorType(.f32, [4])

  /// A function of named vectors whose result `loss` is the sum of what `body` gives.
  private func function(
    _ names: [String], _ body: (inout Builder, [ValueID]) throws(Diagnostic) -> ValueID
  ) throws -> Function {
    var function = Function(name: "f")
    for name in names { function.addArgument(Argument(name, Self.vector)) }
    var b = Builder(function)
    b.provenance = Provenance(layer: "layer.of.f", source: "F.swift:1")
    let value = try body(&b, function.argumentValues)
    b.function.results = [FunctionResult("loss", try b.reduce(.sum, value, axes: [0]))]
    return b.function
  }

  private func gradients(_ function: Function, _ names: [String], _ inputs: [[Double]]) throws -> [[Double]] {
    let gradient = try Autodiff.gradients(of: function, loss: "loss", withRespectTo: names)
    try Verifier.verify(gradient)
    let results = try Interpreter.run(gradient, inputs: inputs.map { HostTensor(Self.vector, $0) })
    return results.dropFirst().map(\.reals)
  }

  /// Operations of several results are made after differentiation; by hand they may stand before it.
  @Test func whatReadsASecondResultHasNoGradient() throws {
    var function = Function(name: "f")
    for (name, shape) in [("x", [4, 8]), ("g", [8]), ("b", [8])] {
      function.addArgument(Argument(name, TensorType(.f32, shape)))
    }
    var b = Builder(function)
    let parts = try b.addAll(.layerNorm(LayerNorm(epsilon: 1e-5)), function.argumentValues)
    b.function.results = [FunctionResult("loss", try b.reduce(.sum, parts[1], axes: [0]))]
    let error = #expect(throws: Diagnostic.self) {
      try Autodiff.gradients(of: b.function, loss: "loss", withRespectTo: ["x"])
    }
    #expect(error?.message.contains("layer_norm has no derivative of its result number 2") == true)
  }

  @Test func tiesShareAsInPyTorch() throws {
    let f = try function(["a", "b"]) { (b, x) throws(Diagnostic) in try b.binary(.max, x[0], x[1]) }
    #expect(
      try gradients(f, ["a", "b"], [[1, 2, 3, 3], [1, 3, 2, 3]]) == [[0.5, 0, 1, 0.5], [0.5, 1, 0, 0.5]])
    let m = try function(["a"]) { (b, x) throws(Diagnostic) in
      try b.broadcast(try b.reduce(.max, x[0], axes: [0]), to: [6], axes: [])
    }
    #expect(try gradients(m, ["a"], [[5, 1, 5, 5]]) == [[2, 0, 2, 2]])
  }

  @Test func noGradientThroughStopSignOrComparison() throws {
    let f = try function(["a"]) { (b, x) throws(Diagnostic) in
      let stopped = try b.add(.stopGradient(StopGradient()), [try b.unary(.exp, x[0])])
      let signed = try b.binary(.mul, try b.unary(.sign, x[0]), stopped)
      let mask = try b.convert(try b.compare(.gt, x[0], stopped), to: .f32)
      return try b.binary(.add, try b.binary(.mul, signed, x[0]), mask)
    }
    let x: [Double] = [1, -1, 2, -2]
    let expected = x.map { ($0 < 0 ? -1 : 1) * HostTensor.exponential($0) }
    #expect(try gradients(f, ["a"], [x]) == [expected])
  }

  @Test func unusedArgumentGetsZeros() throws {
    let f = try function(["a", "b"]) { (b, x) throws(Diagnostic) in try b.unary(.neg, x[0]) }
    #expect(try gradients(f, ["b", "a"], [[1, 2, 3, 4], [5, 6, 7, 8]]) == [[0, 0, 0, 0], [-1, -1, -1, -1]])
  }

  @Test func onlyTheAskedPathIsBuilt() throws {
    let f = try function(["a", "b"]) { (b, x) throws(Diagnostic) in
      try b.binary(.mul, try b.unary(.gelu, x[0]), try b.unary(.tanh, x[1]))
    }
    let gradient = try Autodiff.gradients(of: f, loss: "loss", withRespectTo: ["b"])
    let added = gradient.nodes.dropFirst(f.nodes.count)
    #expect(!added.contains { $0.op == .unary(Unary(.geluDerivative)) })
    #expect(gradient.nodes.prefix(f.nodes.count) == f.nodes[...])
  }

  @Test func adjointsKeepTheLayerOfTheirOperation() throws {
    let f = try function(["a"]) { (b, x) throws(Diagnostic) in try b.unary(.gelu, x[0]) }
    let gradient = try Autodiff.gradients(of: f, loss: "loss", withRespectTo: ["a"])
    let derivative = try #require(gradient.nodes.first { $0.op == .unary(Unary(.geluDerivative)) })
    #expect(derivative.provenance == Provenance(layer: "layer.of.f", source: "F.swift:1"))
  }

  @Test func matmulAdjointsNeedNoTranspose() throws {
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
      var function = Function(name: "product")
      function.addArgument(Argument("a", TensorType(.f32, transposeA ? [3, 2] : [2, 3])))
      function.addArgument(Argument("b", TensorType(.f32, transposeB ? [5, 3] : [3, 5])))
      var b = Builder(function)
      let c = try b.matmul(ValueID(0), ValueID(1), transposeA: transposeA, transposeB: transposeB)
      b.function.results = [FunctionResult("loss", try b.reduce(.sum, c, axes: [0, 1]))]
      let gradient = try Autodiff.gradients(of: b.function, loss: "loss", withRespectTo: ["a", "b"])
      #expect(!gradient.nodes.contains { if case .transpose = $0.op { true } else { false } })
    }
  }

  @Test func mistakesAreNamed() throws {
    let f = try function(["a"]) { (b, x) throws(Diagnostic) in try b.unary(.neg, x[0]) }
    #expect(throws: Diagnostic.self) { try Autodiff.gradients(of: f, loss: "loss", withRespectTo: ["weight"]) }
    #expect(throws: Diagnostic.self) { try Autodiff.gradients(of: f, loss: "lost", withRespectTo: ["a"]) }
    var g = f
    g.results = [FunctionResult("loss", ValueID(0))]
    #expect(throws: Diagnostic.self) { try Autodiff.gradients(of: g, loss: "loss", withRespectTo: ["a"]) }
  }
}

extension HostTensor {
  fileprivate static func exponential(_ x: Double) -> Double {
    let type = TensorType(.f64, [])
    let result = try? Interpreter.evaluate(.unary(Unary(.exp)), [HostTensor(type, [x])])
    return result?[0].scalar ?? .nan
  }
}
