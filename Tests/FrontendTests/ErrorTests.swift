import Frontend
import Testing

@Suite struct ErrorTests {
  @Test("A shape error names the op, both shapes, the layer and the line; the first one counts")
  func shapeError() {
    let here = #line
    let error = failure { graph in
      let x = graph.input("x", .f32, [2, 3])
      return x.scope("encoder") { x in
        let sum = x.scope("mlp") { $0.adding(graph.input("y", .f32, [2, 4])) }
        return sum.reshaped([7]).sliced(3, 0..<9).gather(sum)
      }
    }
    #expect(error?.code == .badData)
    #expect(error?.message == "add: shapes do not fit: f32[2,3] and f32[2,4]")
    #expect(error?.notes.contains("layer: encoder.mlp") == true)
    #expect(error?.location?.file == "FrontendTests/ErrorTests.swift")
    #expect(error?.location?.line == here + 4)
  }

  @Test("A product's error shows both operands")
  func productError() {
    let error = failure { linear($0.input("x", .f32, [2, 3]), weight: $0.input("w", .f32, [5, 4]), bias: nil) }
    #expect(error?.message == "matmul: inner sizes differ: 3 of f32[2,3] and 4 of f32[5,4]")
    #expect(error?.notes.first == "operands: f32[2,3] and f32[5,4]")
  }

  @Test("Nothing ill-typed traps", arguments: 0..<30)
  func neverTraps(index: Int) {
    let mistakes: [(Tensor) -> Tensor] = [
      { $0.reshaped([4]) }, { $0.reshaped([-1, -1]) }, { $0.reshaped([0, 6]) }, { $0.reshaped([1 << 40, 1 << 40]) },
      { $0.transposed([0]) }, { $0.transposed([0, 7]) }, { $0.sliced(2, 0..<1) }, { $0.sliced(0, 1..<9) },
      { $0.sliced(0, 5...) }, { $0.sliced(0, 0..<2, step: 0) }, { $0.selected(-3, 0) }, { $0.sum([4]) },
      { $0.mean([0, 0]) }, { $0.gather($0) }, { $0.gather($0.converted(to: .i32), batchDims: 5) }, { $0.dropout(2) },
      { $0.broadcast(to: [3]) }, { $0.broadcast(to: [2, 3], axes: [1, 9]) }, { matmul($0, $0) },
      { attention(query: $0, key: $0, value: $0, heads: 2) }, { select($0, $0, $0) },
      { concatenated($0, $0.sum(), axis: 0) }, { $0.graph.constant([1, 2], [3]) + $0 },
      { x in
        let long = x.graph.input("y", .f32, [1 << 30, 1])
        return matmul(long, long, transposeB: true)
      },
      { $0.graph.iota(axis: 0, [1 << 62, 2]).reshaped([-1]) },
      { $0.converted(to: .i32).oneHot(classes: 1 << 61).mean() }, { $0.converted(to: .i32).mean() },
      { $0.converted(to: .i32) * 0.5 }, { $0.converted(to: .i32).minimum($0.graph.constant(.infinity, element: .i32)) },
      { linear("fc", $0.sum(), features: 3).size(6) == 1 ? $0.padded(low: [1], high: []) : $0 },
    ]
    let error = failure { mistakes[index]($0.input("x", .f32, [2, 3])) }
    #expect(error != nil, "mistake \(index)")
    #expect(error?.location?.file == "FrontendTests/ErrorTests.swift", "mistake \(index): \(error?.description ?? "")")
  }

  @Test("Arguments, results and functions are checked")
  func declarations() throws {
    #expect(
      failure { $0.input("x", .f32, [2]) + $0.input("x", .f32, [3]) }?.message
        == "argument 'x' is declared twice, and not alike")
    #expect(failure { $0.input("x", .f32, [2, 0]) }?.message == "argument 'x' cannot have the shape [2, 0]")
    #expect(failure { $0.existingParameter("w") }?.message == "there is no parameter 'w' yet")
    var module = try ModuleBuilder("test", ModelOptions())
    #expect(throws: Diagnostic(.badData, "@f has no result: name one with graph.result")) {
      try module.function("f") { _ in }
    }
    try module.function("f") { $0.result("y", $0.parameter("w", [2], .zeros)) }
    let clash = #expect(throws: Diagnostic.self) {
      try module.function("g") { $0.result("y", $0.parameter("w", [3], .zeros)) }
    }
    #expect(clash?.message == "@g: parameter 'w' is declared otherwise than in an earlier function")
    #expect(throws: Diagnostic(.badData, "two functions are named @f")) {
      try module.function("f") { $0.result("y", $0.input("x", .f32, [2])) }
    }
  }

  @Test("Names that text cannot say are refused", arguments: ["a b", "", "x\"", "ü"])
  func names(_ name: String) throws {
    #expect(throws: Diagnostic.self) { try ModuleBuilder(name, ModelOptions()) }
    for declare in [
      { (graph: Graph) in graph.result(name, graph.input("x", .f32, [2])) },
      { (graph: Graph) in graph.result("y", graph.input(name, .f32, [2])) },
    ] {
      var module = try ModuleBuilder("test", ModelOptions())
      let error = #expect(throws: Diagnostic.self) { try module.function("f", declare) }
      #expect(error?.message.contains("cannot name") == true)
    }
    var module = try ModuleBuilder("test", ModelOptions())
    #expect(throws: Diagnostic.self) { try module.function(name) { $0.result("y", $0.input("x", .f32, [2])) } }
  }

  @Test("A tensor of another function is refused")
  func otherFunction() throws {
    var stray: Tensor?
    _ = try build { graph in
      stray = graph.input("x", .f32, [2])
      return stray!
    }
    let error = failure { $0.input("x", .f32, [2]) + stray! }
    #expect(error?.message.contains("different functions") == true)
  }
}
