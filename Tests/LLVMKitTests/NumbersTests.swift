import LLVMKit
import Testing

/// Numbers of a function's body become parameters.
@Suite struct NumbersTests {
  /// out = in · 3 + 5, element by element, `count` of them: 3, 5 and the count are numbers.
  private static func scale(_ module: ModuleBuilder, _ count: Int, _ unrolling: Unrolling = .never) -> FunctionRef {
    addKernel(module, "scale") { e, input, output in
      e.loop(from: 0, to: count, unrolling: unrolling) { i in
        let x = e.load(e.i64, e.gep(e.i64, input, i))
        e.store(e.add(e.mul(x, e.i64(3)), e.i64(5)), e.gep(e.i64, output, i))
      }
    }
    return module.function(named: "scale")!
  }

  @Test func numbersComeInOrder() {
    let module = ModuleBuilder(name: "numbers", target: .host())
    let numbers = Self.scale(module, 8).numbers
    // Index from 0, the body's numbers, the step, the bound.
    #expect(numbers.filter { [3, 5].contains($0) } == [3, 5])
    #expect(numbers.contains(8))
  }

  @Test(arguments: [Unrolling.full, .times(2)])
  func boundsOfUnrolledLoopsStayConstant(unrolling: Unrolling) {
    let module = ModuleBuilder(name: "numbers", target: .host())
    #expect(!Self.scale(module, 8, unrolling).numbers.contains(8))
  }

  @Test func stackSlotsAndLanesStayConstant() {
    let module = ModuleBuilder(name: "numbers", target: .host())
    addKernel(module, "lanes") { e, input, output in
      let x = e.load(e.f32.vector(4), input)
      e.store(e.extract(x, at: e.i64(3)), output)
    }
    #expect(module.function(named: "lanes")!.numbers.isEmpty)
  }

  @Test func parametersTakeTheirPlaces() throws {
    let loaded = try Loaded(.host()) { module in
      let function = Self.scale(module, 4)
      let places = function.numbers
      let shared = module.addParameters([module.i64, module.i64], to: function)
      #expect(shared.numbers == places)
      shared.replaceNumbers { places[$0] == 3 ? shared.parameter(2) : places[$0] == 4 ? shared.parameter(3) : nil }
      module.keepLocal(shared)
      addKernel(module, "call") { e, input, output in e.call(shared, [input, output, e.i64(7), e.i64(2)]) }
    }
    var input: [Int64] = [1, 2, 3, 4]
    var output = [Int64](repeating: -1, count: 4)
    try loaded.call("call", &input, &output)
    #expect(output == [12, 19, -1, -1])
  }
}
