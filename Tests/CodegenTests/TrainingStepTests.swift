import Autodiff
import BufferIR
import CRuntime
import Frontend
import Glibc
import IRText
import Interpreter
import JITHarness
import Models
import OpHarness
import Passes
import Support
import TensorIR
import Testing
import TrainingHarness

/// The whole training step of the smallest model, compiled: against the interpreter, and in how it uses memory.
@Suite struct TrainingStepTests {
  static func function(_ name: String, level: Int = 2) throws -> Function {
    let options = try ModelOptions(batch: 2)
    var module = try ModelRegistry.model(named: "mrm-nano").build(options)
    try TrainingFunctions.add(to: &module)
    var passes = try PassManager(Pipeline.level(level))
    return try passes.run(module.function(named: name)!)
  }

  /// Plausible values for every argument: no parameter at 0 or 1.
  static func inputs(_ function: Function) -> [HostTensor] {
    var random = RandomSource(seed: 7)
    return function.arguments.map { argument in
      let type = argument.type
      func reals(_ low: Double, _ high: Double) -> HostTensor {
        HostTensor(type, (0..<type.count).map { _ in Double(Float(random.uniform(low, high))) })
      }
      switch argument.name {
      case "noise": return reals(0, 1)
      case "image": return reals(-2, 2)
      case "lr": return HostTensor(type, splat: 1e-3)
      case "weight_decay": return HostTensor(type, splat: 0.05)
      case "step", "seed": return HostTensor(type, splat: 3)
      case "attention_mask": return HostTensor(type, splat: 1)
      case "ids", "labels": return HostTensor(type, (0..<type.count).map { Int64($0 * 7 % 60 + 3) })
      default:
        if argument.name.hasPrefix("exp_avg_sq") { return reals(1e-6, 1e-4) }
        return argument.name.hasPrefix("exp_avg") ? reals(-0.01, 0.01) : reals(-0.2, 0.2)
      }
    }
  }

  @Test(arguments: [0, 1, 2], [false, true])
  func stepEqualsInterpreted(level: Int, inPlace: Bool) throws {
    let function = try Self.function("train_step", level: level)
    let inputs = Self.inputs(function)
    let expected = try Interpreter.run(function, inputs: inputs)
    var options = LoweringOptions()
    options.fuseLoops = level > 1
    let compiled = try CompiledProgram(function, options: options)
    let run = compiled.run(inputs, inPlace: inPlace)
    #expect(run.status == Int32(MRM_DONE))
    for (i, result) in function.results.enumerated() {
      // Moments follow gradients, which f32 gives to a few parts in a million of their largest value.
      let difference = relativeDifference(run.outputs[i], expected[i])
      #expect(difference <= 2e-5, "\(result.name) differs by \(difference)")
    }
  }

  @Test func arenaIsUsedToTheLastByte() throws {
    let function = try Self.function("train_step")
    let compiled = try CompiledProgram(function)
    let plan = compiled.program.plan
    let run = compiled.run(Self.inputs(function))
    #expect(plan.arenaBytes > 0)
    #expect((run.highWater + 63) / 64 * 64 == plan.arenaBytes)
    #expect(plan.arenaBytes >= plan.lowerBound)
  }

  /// Threads that are late find part of their work done by others, which changes nothing.
  @Test(arguments: [2, 3]) func whoIsLateChangesNothing(threads: Int) throws {
    let function = try Self.function("train_step")
    let inputs = Self.inputs(function)
    var options = LoweringOptions()
    options.products = .emitted
    let compiled = try CompiledProgram(function, options: options)
    let alone = compiled.run(inputs, threads: Int32(threads))
    for late in 0..<threads {
      let run = compiled.run(inputs, threads: Int32(threads)) { thread, call in
        if thread == late { usleep(call % 5 == 0 ? 300 : 20) }
      }
      #expect(run.outputs == alone.outputs, "thread \(late) is late")
    }
  }

  @Test func sameThreadsSameBits() throws {
    let function = try Self.function("train_step")
    let inputs = Self.inputs(function)
    let compiled = try CompiledProgram(function)
    let first = compiled.run(inputs, threads: 2)
    for _ in 0..<3 { #expect(compiled.run(inputs, threads: 2).outputs == first.outputs) }
  }

  @Test func nonFiniteLossStopsBeforeAnyUpdate() throws {
    let function = try Self.function("train_step")
    var inputs = Self.inputs(function)
    let image = function.argument(named: "image")!.index
    inputs[image] = HostTensor(inputs[image].type, splat: .nan)
    let run = try CompiledProgram(function).run(inputs, inPlace: true)
    #expect(run.status == 0, "the guard is reported")
    for (i, result) in function.results.enumerated() {
      guard let alias = result.alias else { continue }
      #expect(run.outputs[i] == inputs[alias.index], "\(result.name) was updated")
    }
  }

  /// What a loss is made of, and what stands before it, is in its argument only once the loss is known to be finite.
  @Test(
    arguments: [
      """
      func @step(%x: f32[8], %k: f32[8], %q: f32[8]) -> (loss: f32[], k: f32[8] alias %k) {
        %0 = constant {value = 0.9} : f32[8]
        %1 = mul %k, %0 : f32[8]
        %2 = add %1, %q : f32[8]
        %3 = mul %2, %x : f32[8]
        %4 = reduce %3 {with = sum, axes = [0]} : f32[]
        return %4, %2 guard %4
      }
      """,
      """
      func @step(%x: f32[8], %k: f32[8], %q: f32[8]) -> (loss: f32[], k: f32[8] alias %k) {
        %0 = add %k, %q : f32[8]
        %1 = reduce %x {with = sum, axes = [0]} : f32[]
        return %1, %0 guard %1
      }
      """,
      """
      func @step(%x: f32[8], %k: f32[8], %q: f32[8]) -> (first: f32[4], loss: f32[], k: f32[8] alias %k) {
        %0 = mul %x, %q : f32[8]
        %1 = slice %0 {start = [4], limit = [5]} : f32[1]
        %2 = reshape %1 : f32[]
        %3 = slice %0 {start = [0], limit = [4]} : f32[4]
        %4 = add %k, %q : f32[8]
        return %3, %2, %4 guard %2
      }
      """,
      """
      func @step(%x: f32[8], %k: f32[8], %q: f32[8]) -> (loss: f32[], k: f32[8] alias %k) {
        %0 = reshape %x : f32[8,1]
        %1 = constant {value = 1} : f32[1,1]
        %2 = matmul %0, %1 : f32[8,1]
        %3 = reshape %2 : f32[8]
        %4 = slice %3 {start = [4], limit = [5]} : f32[1]
        %5 = reshape %4 : f32[]
        %6 = add %k, %3 : f32[8]
        return %5, %6 guard %5
      }
      """,
    ], [false, true])
  func updatesWaitForTheLoss(_ text: String, fused: Bool) throws {
    let function = try Module(parsing: text, file: "step.tir").functions[0]
    var options = OpTests.options(fused: fused)
    options.orderCalls = fused
    let compiled = try CompiledProgram(function, options: options)
    func inputs(_ last: Double) -> [HostTensor] {
      [[1, 1, 1, 1, last, 1, 1, 1], [Double](repeating: 2, count: 8), [Double](repeating: 3, count: 8)]
        .map { HostTensor(TensorType(.f32, [8]), $0) }
    }
    let good = compiled.run(inputs(1), inPlace: true)
    #expect(good.status < 0)
    for (found, expected) in zip(good.outputs, try Interpreter.run(function, inputs: inputs(1))) {
      #expect(relativeDifference(found, expected) < 1e-6)
    }
    let bad = compiled.run(inputs(.nan), inPlace: true)
    #expect(bad.status == 0, "the guard is reported")
    #expect(bad.outputs.last == inputs(.nan)[1], "nothing was updated")
  }

  @Test func blocksHaveNoCopies() throws {
    let program = try Program.lower(try Self.function("train_step"))
    let moved = program.calls.map(\.label).filter {
      $0.contains("blocks.") && ($0.contains("copy") || $0.contains("concat") || $0.contains("pad"))
    }
    #expect(moved.isEmpty)
  }
}
