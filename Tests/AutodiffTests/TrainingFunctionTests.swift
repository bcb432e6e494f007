import Autodiff
import Glibc
import Interpreter
import Support
import TensorIR
import Testing
import TrainingHarness

/// A two-parameter regression whose training functions are compared with arithmetic written out.
@Suite struct TrainingFunctionTests {
  private static let weight = Argument(
    "w", TensorType(.f32, [2, 3]), role: .parameter(ParameterRole(.zeros, decays: true)))
  private static let bias = Argument(
    "w.bias", TensorType(.f32, [3]), role: .parameter(ParameterRole(.zeros)))
  private static let table = Argument(
    "table", TensorType(.f32, [4, 3]), role: .parameter(ParameterRole(.ones, trainable: false)))

  /// loss = Σ (x·w + bias + table)² / 2.
  private static func module() throws(Diagnostic) -> Module {
    var function = Function(name: "loss")
    let x = function.addArgument(Argument("x", TensorType(.f32, [4, 2])))
    let w = function.addArgument(weight)
    let bias = function.addArgument(bias)
    let table = function.addArgument(table)
    var b = Builder(function)
    let biased = try b.binary(.add, try b.matmul(x, w), try b.broadcast(bias, to: [4, 3], axes: [1]))
    let y = try b.binary(.add, biased, table)
    let loss = try b.scale(try b.reduce(.sum, try b.binary(.mul, y, y), axes: [0, 1]), by: 0.5)
    b.function.results = [FunctionResult("loss", loss), FunctionResult("prediction", y)]
    var module = Module(name: "regression")
    module.set(b.function)
    try TrainingFunctions.add(to: &module)
    return module
  }

  private static let inputs: [String: [Double]] = [
    "x": [0.5, -1, 2, 0.25, -0.75, 1.5, 1, 1], "w": [0.1, -0.2, 0.3, 0.4, -0.5, 0.6], "w.bias": [0.05, -0.1, 0.2],
    "table": [Double](repeating: 0.3, count: 12), "lr": [0.01], "weight_decay": [0.1],
  ]

  private func run(_ function: Function, _ values: [String: [Double]], step: Int64 = 1) throws -> [String: [Double]] {
    try Verifier.verify(function)
    let tensors = function.arguments.map { argument in
      argument.name == "step"
        ? HostTensor(argument.type, [step])
        : values[argument.name].map { HostTensor(argument.type, $0) } ?? HostTensor(argument.type, splat: 0)
    }
    let results = try Interpreter.run(function, inputs: tensors)
    return Dictionary(uniqueKeysWithValues: zip(function.results.map(\.name), results.map(\.reals)))
  }

  @Test func signaturesAreThoseOfTheManifest() throws {
    let module = try Self.module()
    func names(_ name: String) -> ([String], [String]) {
      let function = module.function(named: name)!
      return (function.arguments.map(\.name), function.results.map(\.name))
    }
    let parameters = ["w", "w.bias"]
    let moments = parameters.map { "exp_avg.\($0)" } + parameters.map { "exp_avg_sq.\($0)" }
    let sums = parameters.map { "grad_sum.\($0)" }
    #expect(
      names("loss_and_grads") == (["x", "w", "w.bias", "table"], ["loss", "prediction", "grad.w", "grad.w.bias"]))
    #expect(
      names("train_step")
        == (
          ["x", "lr", "step", "weight_decay"] + parameters + ["table"] + moments,
          ["loss", "grad_norm"] + parameters + moments
        ))
    #expect(names("accumulate") == (["x", "scale"] + parameters + ["table"] + sums, ["loss"] + sums))
    #expect(
      names("apply")
        == (["lr", "step", "weight_decay"] + parameters + sums + moments, ["grad_norm"] + parameters + moments + sums))
  }

  @Test func updatesAreInPlaceAndGuarded() throws {
    let module = try Self.module()
    for name in ["train_step", "accumulate", "apply"] {
      let function = module.function(named: name)!
      for result in function.results where result.name.contains("w") {
        #expect(result.alias == function.argument(named: result.name))
      }
      let loss = function.results.first { $0.name == "loss" }
      #expect(function.guards == (loss.map { [$0.value] } ?? []))
    }
  }

  @Test func stepsAreAdamW() throws {
    let module = try Self.module()
    var values = Self.inputs
    for step in 1...5 {
      let gradients = try run(module.function(named: "loss_and_grads")!, values)
      let stepped = try run(module.function(named: "train_step")!, values, step: Int64(step))
      var square = 0.0
      for name in ["w", "w.bias"] {
        for (i, g) in gradients["grad.\(name)"]!.enumerated() {
          let m = 0.9 * (values["exp_avg.\(name)"]?[i] ?? 0) + 0.1 * g
          let v = 0.95 * (values["exp_avg_sq.\(name)"]?[i] ?? 0) + 0.05 * g * g
          let decayed = values[name]![i] * (name == "w" ? 1 - 0.01 * 0.1 : 1)
          let t = Double(step)
          let p = decayed - 0.01 / (1 - pow(0.9, t)) * m / (sqrt(v / (1 - pow(0.95, t))) + 1e-8)
          #expect(abs(stepped[name]![i] - p) < 1e-12)
          #expect(abs(stepped["exp_avg.\(name)"]![i] - m) < 1e-12)
          #expect(abs(stepped["exp_avg_sq.\(name)"]![i] - v) < 1e-12)
          square += g * g
        }
      }
      #expect(abs(stepped["grad_norm"]![0] - sqrt(square)) < 1e-12 * sqrt(square))
      #expect(stepped["loss"] == gradients["loss"])
      values.merge(stepped) { $1 }
    }
    #expect(
      try run(module.function(named: "loss")!, values)["loss"]![0]
        < run(module.function(named: "loss")!, Self.inputs)["loss"]![0])
  }

  @Test func accumulatedHalvesMakeOneStep() throws {
    let module = try Self.module()
    var values = Self.inputs
    values["scale"] = [0.5]
    for _ in 0..<2 { values.merge(try run(module.function(named: "accumulate")!, values)) { $1 } }
    let applied = try run(module.function(named: "apply")!, values, step: 3)
    let stepped = try run(module.function(named: "train_step")!, Self.inputs, step: 3)
    for name in ["grad_norm", "w", "w.bias", "exp_avg.w", "exp_avg_sq.w.bias"] {
      for (a, b) in zip(applied[name]!, stepped[name]!) { #expect(abs(a - b) < 1e-12) }
    }
    #expect(applied["grad_sum.w"] == [0, 0, 0, 0, 0, 0])
  }

  @Test func updateFollowsItsGradient() throws {
    let function = try Self.module().function(named: "train_step")!
    let definitions = function.definitions()
    func place(_ name: String) -> Int { definitions[function.results.first { $0.name == name }!.value.index]! }
    let products = function.nodes.indices.filter { if case .matmul = function.nodes[$0].op { true } else { false } }
    #expect(place("w.bias") < products[1], "the bias waits for the gradient of the weight")
  }
}
