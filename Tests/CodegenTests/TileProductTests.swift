import BufferIR
import Codegen
import Interpreter
import JITHarness
import LLVMKit
import OpHarness
import Support
import TensorIR
import Testing

/// Products by emitted tiles: every kind of operand and every tail, against the interpreter, for each width of registers.
@Suite struct TileProductTests {
  struct Shape: CustomStringConvertible, Sendable {
    var batch: [Int] = []
    var m: Int
    var k: Int
    var n: Int
    var transposeA = false
    var transposeB = false
    var description: String {
      "\(batch) \(m)x\(k)x\(n)\(transposeA ? " transpose_a" : "")\(transposeB ? " transpose_b" : "")"
    }
  }

  /// Rows around a strip and a block, columns around a vector and a panel, depths around an unrolled round and a pass.
  private static let shapes: [Shape] = {
    var shapes: [Shape] = []
    let sizes = [
      (1, 1, 1), (1, 5, 49), (7, 3, 47), (8, 4, 48), (9, 17, 49), (17, 16, 96), (111, 33, 31), (112, 15, 145),
      (113, 31, 97), (230, 7, 50), (49, 801, 20), (20, 1603, 52), (5, 64, 300), (300, 64, 5), (3, 259, 1),
      (21, 60, 119), (48, 801, 113),
    ]
    for (i, (m, k, n)) in sizes.enumerated() {
      for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
        if i > 8 && (a, b) == (true, true) { continue }
        shapes.append(Shape(m: m, k: k, n: n, transposeA: a, transposeB: b))
      }
    }
    for (batch, a, b) in [([3], false, true), ([2, 2], true, false), ([17], false, false), ([4, 5], true, true)] {
      shapes.append(Shape(batch: batch, m: 13, k: 21, n: 50, transposeA: a, transposeB: b))
    }
    return shapes
  }()

  private static func function(_ shape: Shape, _ name: String, _ element: ElementType = .f32) throws -> Function {
    var function = Function(name: name)
    let (m, k, n) = (shape.m, shape.k, shape.n)
    function.addArgument(Argument("a", TensorType(element, shape.batch + (shape.transposeA ? [k, m] : [m, k]))))
    function.addArgument(Argument("b", TensorType(element, shape.batch + (shape.transposeB ? [n, k] : [k, n]))))
    var builder = Builder(function)
    let (a, b) = (function.argumentValues[0], function.argumentValues[1])
    let op = Matmul(transposeA: shape.transposeA, transposeB: shape.transposeB, wide: element == .bf16)
    let product = try builder.add(.matmul(op), [a, b])
    builder.function.results = [FunctionResult("c", product)]
    return builder.function
  }

  private static func options() -> LoweringOptions {
    var options = LoweringOptions()
    options.products = .emitted
    return options
  }

  @Test(arguments: TargetNames.all)
  func everyShapeEqualsTheInterpreter(_ target: String) throws {
    let functions = try Self.shapes.enumerated().map { try Self.function($1, "product\($0)") }
    let compiled = try CompiledProgram.compile(functions, options: Self.options(), target: try Target.named(target))
    for (number, function) in functions.enumerated() {
      let shape = Self.shapes[number]
      let program = compiled[number].program
      #expect(program.kernels.contains { if case .product(let p) = $0 { p.form == .tiles } else { false } }, "\(shape)")
      let inputs = RandomGraphTests.inputs(function, seed: UInt64(number))
      let expected = try Interpreter.run(function, inputs: inputs)[0]
      for threads in [1, 2, 3] {
        let found = compiled[number].run(inputs, threads: Int32(threads)).outputs[0]
        let difference = relativeDifference(found, expected)
        #expect(difference <= 2e-6, "\(shape), \(threads) threads: off by \(difference)")
        #expect(compiled[number].run(inputs, threads: Int32(threads)).outputs[0] == found, "\(shape) from run to run")
      }
    }
  }

  /// bf16 with f32 sums, multiplied in pairs where the processor can and K is even, else widened as it is packed.
  @Test(arguments: TargetNames.all)
  func halfPrecisionKeepsItsSums(_ name: String) throws {
    let target = try Target.named(name)
    let functions = try Self.shapes.enumerated().map { try Self.function($1, "half\($0)", .bf16) }
    let options = Self.options().suited(to: target)
    let compiled = try CompiledProgram.compile(functions, options: options, target: target)
    for (number, function) in functions.enumerated() {
      let shape = Self.shapes[number]
      let isPaired = compiled[number].program.kernels.contains {
        if case .product(let product) = $0 { product.isPaired } else { false }
      }
      #expect(isPaired == (options.pairsBF16 && shape.k % 2 == 0), "\(shape)")
      // Few enough digits for bf16 to hold.
      let inputs = RandomGraphTests.inputs(function, seed: UInt64(number)).map { input in
        HostTensor(input.type, input.reals.map { ($0 * 64).rounded() / 64 })
      }
      let expected = try Interpreter.run(function, inputs: inputs)[0]
      for threads in [1, 2, 3] {
        let found = compiled[number].run(inputs, threads: Int32(threads)).outputs[0]
        #expect(relativeDifference(found, expected) <= 2e-6, "\(shape), \(threads) threads")
      }
    }
  }

  /// Operands inside wider rows, a result inside one, and one that is wanted transposed.
  @Test func stridedOperandsAndResults() throws {
    var function = Function(name: "strided")
    function.addArgument(Argument("a", TensorType(.f32, [30, 2, 20])))
    function.addArgument(Argument("b", TensorType(.f32, [20, 100])))
    var b = Builder(function)
    let (x, y) = (function.argumentValues[0], function.argumentValues[1])
    let a = try b.reshape(
      try b.add(.slice(Slice(start: [0, 1, 0], limit: [30, 2, 20], step: [1, 1, 1])), [x]), to: [30, 20])
    let left = try b.add(.slice(Slice(start: [0, 3], limit: [20, 63], step: [1, 1])), [y])
    let product = try b.matmul(a, left)
    let other = try b.matmul(a, y)
    b.function.results = [
      FunctionResult("joined", try b.add(.concat(Concat(axis: 1)), [product, other])),
      FunctionResult("turned", try b.transpose(try b.matmul(a, left), [1, 0])),
    ]
    let compiled = try CompiledProgram(b.function, options: Self.options())
    let inputs = RandomGraphTests.inputs(b.function, seed: 1)
    let expected = try Interpreter.run(b.function, inputs: inputs)
    for threads in [1, 2, 3] {
      let run = compiled.run(inputs, threads: Int32(threads))
      for (found, expected) in zip(run.outputs, expected) { #expect(relativeDifference(found, expected) <= 2e-6) }
      #expect(run.highWater <= compiled.program.plan.arenaBytes)
    }
  }

  /// What `auto` takes is a matter of shape and type alone.
  @Test func largeProductsAreTilesByDefault() throws {
    var options = LoweringOptions()
    options.products = .auto
    func isTiled(_ shape: Shape, _ element: ElementType = .f32) throws -> Bool {
      try Program.lower(try Self.function(shape, "auto", element), options: options).kernels.contains {
        if case .product(let product) = $0 { product.form == .tiles } else { false }
      }
    }
    #expect(try isTiled(Shape(m: 800, k: 768, n: 3072, transposeB: true)))
    #expect(try isTiled(Shape(m: 768, k: 800, n: 3072, transposeA: true)))
    #expect(try !isTiled(Shape(m: 128, k: 768, n: 3072)))
    #expect(try !isTiled(Shape(m: 800, k: 16, n: 3072)))
    #expect(try !isTiled(Shape(m: 128, k: 768, n: 3072), .bf16))
    options.pairsBF16 = true
    #expect(try isTiled(Shape(m: 128, k: 768, n: 3072), .bf16))
  }

  /// f64 has no tiles: it stays with OpenBLAS.
  @Test func doubleStaysWithTheLibrary() throws {
    var function = Function(name: "double")
    function.addArgument(Argument("a", TensorType(.f64, [30, 20])))
    function.addArgument(Argument("b", TensorType(.f64, [20, 10])))
    var b = Builder(function)
    b.function.results = [FunctionResult("c", try b.matmul(function.argumentValues[0], function.argumentValues[1]))]
    let program = try Program.lower(b.function, options: Self.options())
    #expect(program.kernels.count == 1)
    #expect(program.scratchBytes == 0)
  }

  /// The memory that packing takes is planned: the panels in the arena, and in each thread's scratch the strips of an A
  /// whose rows cannot be read where they stand.
  @Test(arguments: [false, true], [false, true])
  func packingIsPlanned(_ isTransposed: Bool, _ readsRows: Bool) throws {
    let shape = Shape(m: 200, k: 800, n: 100, transposeA: isTransposed)
    var options = Self.options()
    options.tile.readsRows = readsRows
    let program = try Program.lower(try Self.function(shape, "planned"), options: options)
    #expect(program.plan.arenaBytes == 3 * 800 * 48 * 4)
    #expect(program.scratchBytes == (readsRows && !isTransposed ? 0 : 8 * (10 * 800 + 16) * 4))
    #expect(program.calls.map(\.label) == ["pack", "matmul"])
  }
}
