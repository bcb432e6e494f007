import Frontend
import Testing

@Suite struct ProvenanceTests {
  @Test("Scopes name parameters and layers, each its own way")
  func scopes() throws {
    let function = try build { graph in
      graph.scope("", layer: "encoder") {
        graph.input("x", .f32, [2, 3]).scope("bert.layer.0", layer: "layers.0") { x in
          x.scope("self", layer: "") { linear("query", $0, features: 4) }
        }
      }
    }
    #expect(function.arguments.map(\.name) == ["x", "bert.layer.0.self.query.weight", "bert.layer.0.self.query.bias"])
    #expect(function.nodes.allSatisfy { $0.provenance.layer == "encoder.layers.0.query" })
  }

  @Test("Each node knows the line that built it; all of a layer's nodes that of the call")
  func lines() throws {
    let here = #line
    let function = try build { graph in
      let x = graph.input("x", .f32, [2, 3]).exp()
      let y = layerNorm("norm", x, epsilon: 1e-6)
      return y.gelu() + x
    }
    let lines = function.nodes.map { $0.provenance.source.split(separator: ":").last.map(String.init) }
    #expect(lines.first == "\(here + 2)" && lines.last == "\(here + 4)")
    #expect(lines.dropFirst().dropLast(2).allSatisfy { $0 == "\(here + 3)" })
    #expect(function.nodes.allSatisfy { $0.provenance.source.hasPrefix("FrontendTests/ProvenanceTests.swift:") })
  }

  @Test("An operator behind a layer has the line of the layer's call, not one within it")
  func operatorsBehindLayers() throws {
    let here = #line
    let function = try build { graph in
      let x = graph.input("x", .f32, [2, 3])
      return linear("fc", x, features: 3) - x
    }
    #expect(function.nodes.last?.provenance.source == "FrontendTests/ProvenanceTests.swift:\(here + 3)")
  }

  @Test("Weight decay: more than one dimension, no bias, trained")
  func decay() throws {
    let function = try build { graph in
      let table = graph.parameter("table", [2, 2], .zeros, trainable: false)
      let bias = graph.parameter("bias", [2, 2], .zeros)
      return table + bias + graph.parameter("cls_token", [1, 2], .zeros) + graph.parameter("gain", [2], .ones)
    }
    let decay = function.arguments.map { $0.role.parameter?.decays ?? false }
    #expect(decay == [false, false, true, false])
  }

  @Test("Inputs stand before parameters, however they are declared; one name is one argument")
  func argumentOrder() throws {
    let function = try build { graph in
      let weight = graph.parameter("w", [2], .ones)
      let x = graph.input("x", .f32, [2]) * weight
      return x + graph.input("z", .f32, [2]) * graph.parameter("w", [2], .ones) + graph.input("x", .f32, [2])
    }
    #expect(function.arguments.map(\.name) == ["x", "z", "w"])
    #expect(function.nodes[0].operands == [ValueID(0), ValueID(2)])
  }
}
