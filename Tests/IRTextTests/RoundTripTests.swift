import IRText
import Support
import TensorIR
import Testing

/// Print → parse → print gives the same bytes and the same IR.
struct RoundTripTests {
  /// A module with every kind of argument, attribute, number, result and location.
  static func sample() throws -> Module {
    var function = Function(name: "train.step-1")
    let x = function.addArgument(
      Argument("image", TensorType(.f32, [2, 3]), role: .input(port: FeedPort("image", "pixels"))))
    let weight = function.addArgument(
      Argument(
        "blocks.0.norm-1.weight", TensorType(.f32, [2, 3]),
        role: .parameter(ParameterRole(.normal(std: 0.02, zeroRow: nil), decays: true, rateScale: 0.65))))
    for (name, initializer, shape) in [
      ("a", Initializer.zeros, [1]), ("b", .ones, [1]), ("c", .normal(std: 1e-30, zeroRow: 0), [1]),
      ("d", .xavierUniform(fanIn: 768, fanOut: 3072), [1]),
      ("e", .sincos2D(dim: 32, grid: 4, variant: "mae"), [17, 32]),
    ] {
      function.addArgument(
        Argument(
          name, TensorType(.bf16, shape),
          role: .parameter(ParameterRole(initializer, trainable: false, aliases: [name + ".p", name + "q\n\""]))))
    }
    let state = function.addArgument(
      Argument("exp_avg.w", TensorType(.f32, [2, 3]), role: .state(slot: "exp_avg", of: "w")))
    let seed = function.addArgument(Argument("seed", TensorType(.i64, []), role: .scalar(.seed)))
    function.addArgument(Argument("rate", TensorType(.f32, []), role: .scalar(.hyperparameter(standard: 0.05))))
    var builder = Builder(function)
    builder.provenance = Provenance(layer: "encoder.mask", source: "Models/MRM.swift:88")
    let sum = try builder.binary(.add, x, weight)
    builder.provenance = Provenance(layer: "", source: "with space (1).swift:2")
    let dropped = try builder.add(.dropout(Dropout(rate: 0.1, stream: 7)), [sum, seed])
    builder.provenance = Provenance(layer: "tab\t\"quote\" \\ \u{1} ü")
    let numbers = try builder.add(
      .constant(
        Constant(.dense([.infinity, -.infinity, -0.0, .leastNonzeroMagnitude, 0.1, 1e300]), TensorType(.f64, [2, 3]))),
      [])
    builder.provenance = Provenance()
    let flags = try builder.add(.constant(Constant(.dense([1, 0, 1, 1, 0, 0]), TensorType(.bool, [2, 3]))), [])
    let big = try builder.splat(-9_007_199_254_740_992, TensorType(.i64, []))
    let chosen = try builder.select(flags, dropped, state)
    _ = try builder.compare(.lt, chosen, chosen)
    let converted = try builder.convert(numbers, to: .bf16)
    let sliced = try builder.add(.slice(Slice(start: [0, 0], limit: [2, 3], step: [1, 2])), [converted])
    builder.function.results = [
      FunctionResult("loss", sliced), FunctionResult("blocks.0", chosen, alias: weight), FunctionResult("n", big),
      FunctionResult("x", x, role: .measure),
    ]
    builder.function.guards = [
      try builder.reduce(.sum, chosen, axes: [0, 1]), try builder.reduce(.max, chosen, axes: [0, 1]),
    ]
    var module = Module(name: "mrm-nano")
    module.attributes = [
      Attribute("batch", .integer(2)), Attribute("lambda", .real(-0.0)),
      Attribute("option.report_loss", .string("all")),
      Attribute("norm_pix_loss", .bool(true)), Attribute("kind", .symbol("sum")),
      Attribute("sizes", .integers([1, -2, 3])),
      Attribute("none", .integers([])), Attribute("betas", .reals([0.9, 0.95, .infinity, 1])),
      Attribute("least", .integer(.min)),
    ]
    module.task = Task(
      "a {task} \"quoted\"", feeds: [.noise(NoiseFeed(count: 2)), .labels(LabelFeed(columns: ["a}", "b"]))],
      metrics: [Metric("m", .mean(of: "x"))], schedule: Schedule(.constant),
      recipe: Recipe(length: .epochs(2), warmup: .steps(0), rate: .base(1e-3)))
    module.functions = [builder.function, Function(name: "empty")]
    return module
  }

  @Test func everyConstructComesBack() throws {
    let module = try Self.sample()
    let text = module.description
    let parsed = try ParsedModule.parse(text, file: "x.tir")
    try parsed.verify()
    #expect(parsed.module == module)
    #expect(parsed.module.description == text)
  }

  @Test func nanComesBackAsText() throws {
    var builder = Builder(Function(name: "f"))
    let value = try builder.add(.constant(Constant(.dense([.nan, 1]), TensorType(.f32, [2]))), [])
    let splat = try builder.splat(.nan, TensorType(.f32, [2]))
    builder.function.results = [FunctionResult("a", value), FunctionResult("b", splat)]
    let text = builder.function.description
    #expect(text.contains("[nan, 1.0]"))
    #expect(try Module(parsing: text, file: "x.tir").description == text)
  }

  @Test(arguments: [
    0.02, 1e-5, 1.0 / 3, .leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, .infinity, -.infinity,
    123_456_789_012_345_680,
  ])
  func numbersAreShortestAndExact(_ number: Double) throws {
    var module = Module(name: "m")
    module.attributes = [Attribute("x", .real(number))]
    guard case .real(let back)? = try Module(parsing: module.description, file: "").attribute("x") else {
      Issue.record("not a real")
      return
    }
    #expect(back.bitPattern == number.bitPattern)
  }

  @Test func valuesAreRenumberedDensely() throws {
    let text = """
      // a comment
      func @f(%x: f32[2]) -> (y: f32[2]) {
        %first = neg %x : f32[2] // another
        %77 = exp %first : f32[2]
        return %77
      }
      """
    let expected = """
      func @f(
        %x: f32[2]
      ) -> (y: f32[2]) {
        %0 = neg %x : f32[2]
        %1 = exp %0 : f32[2]
        return %1
      }

      """
    #expect(try Module(parsing: text, file: "x.tir").description == expected)
  }

  @Test func longListsAreCutOnlyOnRequest() throws {
    var builder = Builder(Function(name: "f"))
    let value = try builder.add(.constant(Constant(.dense((0..<100).map(Double.init)), TensorType(.f32, [100]))), [])
    builder.function.results = [FunctionResult("a", value)]
    #expect(builder.function.description.contains("99.0]"))
    let short = Printer(Printer.Options(elideAbove: 8)).text(builder.function)
    #expect(short.contains("[0.0, 1.0, 2.0, ... 100 in all]"))
    #expect(throws: Diagnostic.self) { try ParsedModule.parse(short, file: "x.tir") }
  }
}
