import BufferIR
import Interpreter
import JITHarness
import LLVMKit
import OpHarness
import Support
import TensorIR

/// Compiles functions in several ways and compares what they give with the interpreter.
public struct GraphCheck {
  /// What went wrong with one function.
  public struct Failure: Sendable {
    /// Its place in the list that was checked.
    public let index: Int
    public let variant: GraphVariant
    public let message: String
  }

  public let variants: [GraphVariant]
  /// How much LLVM works: little, as the time goes there.
  public let level: OptimizationLevel
  /// How often each pass rewrote something so far.
  public private(set) var rewrites: [String: Int] = [:]

  public init(_ variants: [GraphVariant], level: OptimizationLevel = .none) {
    self.variants = variants
    self.level = level
  }

  /// The failures of functions of distinct names, at most one for each function and variant.
  public mutating func failures(_ functions: [Function], seed: UInt64 = 1) throws(Diagnostic) -> [Failure] {
    var truths: [(inputs: [HostTensor], truth: GraphTruth)] = []
    for function in functions {
      let inputs = GraphInputs.values(for: function, seed: seed)
      truths.append((inputs, try GraphTruth(function, inputs)))
    }
    var failures: [Failure] = []
    for variant in variants {
      let (programs, faults) = compile(functions, variant)
      failures += faults
      for (index, program) in programs.enumerated() {
        guard let program else { continue }
        let (inputs, truth) = truths[index]
        let run = program.run(inputs, threads: variant.threads, inPlace: variant.inPlace)
        let message: String?
        if let damage = run.damage.first { message = damage } else { message = try truth.fault(of: run.outputs) }
        if let message {
          failures.append(Failure(index: index, variant: variant, message: message))
        }
      }
    }
    return failures
  }

  /// Whether a function fails, for whatever reason, on the inputs of a seed.
  public func fails(_ function: Function, seed: UInt64) -> Bool {
    var check = self
    do { return try !check.failures([function], seed: seed).isEmpty } catch { return true }
  }

  /// All functions in one compilation, or, if there is an error, each on its own to tell which it is of.
  private mutating func compile(_ functions: [Function], _ variant: GraphVariant) -> ([CompiledProgram?], [Failure]) {
    var lowered: [Program] = []
    var places: [Int] = []
    var failures: [Failure] = []
    var programs = [CompiledProgram?](repeating: nil, count: functions.count)
    for (index, function) in functions.enumerated() {
      do {
        lowered.append(try variant.lowered(function, counting: &rewrites))
        places.append(index)
      } catch {
        failures.append(Failure(index: index, variant: variant, message: "\(error)"))
      }
    }
    if let all = try? CompiledProgram.compile(lowered, target: variant.target, level: level) {
      for (place, program) in zip(places, all) { programs[place] = program }
      return (programs, failures)
    }
    for (place, program) in zip(places, lowered) {
      do {
        programs[place] = try CompiledProgram.compile([program], target: variant.target, level: level)[0]
      } catch {
        failures.append(Failure(index: place, variant: variant, message: "\(error)"))
      }
    }
    return (programs, failures)
  }
}
