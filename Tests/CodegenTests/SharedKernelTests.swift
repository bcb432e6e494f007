import BufferIR
import Codegen
import JITHarness
import LLVMKit
import Support
import TensorIR
import Testing

/// Kernels that differ in sizes alone are one function, and compute what each would by itself.
@Suite struct SharedKernelTests {
  /// Products of one kind and three sizes, whole panels of any target.
  private static func products() throws -> Function {
    var function = Function(name: "products")
    let sizes = [(40, 96, 64), (72, 144, 64), (24, 192, 48)]
    for (i, (m, n, k)) in sizes.enumerated() {
      function.addArgument(Argument("a\(i)", TensorType(.f32, [m, k])))
      function.addArgument(Argument("b\(i)", TensorType(.f32, [k, n])))
    }
    var b = Builder(function)
    var results: [FunctionResult] = []
    for i in sizes.indices {
      let product = try b.matmul(function.argumentValues[2 * i], function.argumentValues[2 * i + 1])
      results.append(FunctionResult("c\(i)", product))
    }
    b.function.results = results
    return b.function
  }

  private static func expectEqual(_ function: Function, _ options: LoweringOptions, _ target: Target) throws {
    let program = try Program.lower(function, options: options.tiled(for: target))
    let inputs = TrainingStepTests.inputs(function)
    let runs = try [true, false].map { (shares) throws(Diagnostic) in
      try CompiledProgram.compile([program], target: target, sharesSizes: shares)[0].run(inputs, threads: 2)
    }
    #expect(runs[0].outputs == runs[1].outputs)
  }

  private static func options(_ sharesSizes: Bool, _ target: Target) -> CodegenOptions {
    var options = CodegenOptions()
    options.target = target
    options.sharesSizes = sharesSizes
    return options
  }

  private static func functions(_ program: Program, _ options: CodegenOptions) throws -> [Substring] {
    try CodeGenerator.llvmText([program], options: options).split(separator: "\n").filter {
      $0.hasPrefix("define ") && !$0.contains("mrm.tile")
    }
  }

  @Test(arguments: TargetNames.all) func productsOfThreeSizesAreOneFunction(_ name: String) throws {
    let target = try Target.named(name)
    var options = LoweringOptions()
    options.products = .emitted
    let program = try Program.lower(try Self.products(), options: options.tiled(for: target))
    let apart = try Self.functions(program, Self.options(false, target))
    let shared = try Self.functions(program, Self.options(true, target))
    #expect(!apart.contains { $0.contains(".shared") })
    let functions = shared.filter { $0.contains("matmul.shared") && $0.contains("internal") }
    try #require(functions.count == 1)
    // Numbers that agree in all three are constants, and those that are equal in each are one parameter.
    let parameters = functions[0].split(separator: ",").count { $0.contains("i64") }
    #expect((1...12).contains(parameters))
    // Every kernel keeps its symbol.
    #expect(shared.count { !$0.contains("internal") } == apart.count)
    try Self.expectEqual(try Self.products(), options, target)
  }

  /// The gradients of the smallest model, bit by bit.
  @Test func wholeModel() throws {
    let function = try TrainingStepTests.function("train_step")
    try Self.expectEqual(function, .level(2), .host())
    let program = try Program.lower(function, options: .level(2).tiled(for: .host()))
    let lengths = try [true, false].map { shares in
      try CodeGenerator.llvmText([program], options: Self.options(shares, .host())).utf8.count
    }
    #expect(lengths[0] < lengths[1])
  }
}
