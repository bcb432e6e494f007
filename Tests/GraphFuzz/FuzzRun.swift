import BufferIR
import Interpreter
import JITHarness
import LLVMKit
import OpHarness
import Passes
import Support
import TensorIR

/// Checks many random functions and their gradients, a batch in one compilation, and shrinks what fails.
public struct FuzzRun {
  /// Random functions so far.
  public private(set) var graphs = 0
  /// Operations of these and their gradients.
  public private(set) var operations: [String: Int] = [:]
  /// How often each pass rewrote something.
  public private(set) var rewrites: [String: Int] = [:]
  let batch: Int
  /// Told of each batch before it runs, by the seed of its first function.
  public var progress: (UInt64) -> Void = { _ in }

  public init(batch: Int = 25) { self.batch = batch }

  /// A function that failed, as small as it became.
  public struct Finding: Sendable {
    public let seed: UInt64
    public let message: String
    /// A file for `IR/tests/run`.
    public let text: String
  }

  /// Checks the functions of the seeds `first ..< first + count`. Stops after `limit` findings.
  public mutating func run(first: UInt64, count: Int, limit: Int = 5) throws(Diagnostic) -> [Finding] {
    var findings: [Finding] = []
    var seed = first
    while seed < first + UInt64(count), findings.count < limit {
      let end = min(seed + UInt64(batch), first + UInt64(count))
      progress(seed)
      findings += try check(seed..<end)
      seed = end
    }
    return findings
  }

  private mutating func check(_ seeds: Range<UInt64>) throws(Diagnostic) -> [Finding] {
    var functions: [Function] = []
    var owners: [UInt64] = []
    var findings: [Finding] = []
    for seed in seeds {
      let plain = try GraphGenerator.function(seed: seed)
      if let message = try FiniteDifference.fault(of: plain, seed: seed) {
        let small = Shrinker.shrink(plain) { candidate in
          candidate.results.first.map { $0.name == "loss" && candidate.type(of: $0.value).rank == 0 } == true
            && (try? FiniteDifference.fault(of: candidate, seed: seed)) ?? nil != nil
        }
        findings.append(Self.finding(seed, "autodiff: \(message)", small))
      }
      if let message = try Self.sharedRowsFault(plain, seed) {
        findings.append(Self.finding(seed, "share-rows: \(message)", plain))
      }
      let compiled = try Self.functions(seed)
      functions += compiled
      owners += compiled.map { _ in seed }
      graphs += 1
      if compiled.contains(where: { $0.name.hasPrefix("shared") }) { rewrites[Pass.shareRows.name, default: 0] += 1 }
      for node in compiled[0].nodes { operations[node.op.mnemonic, default: 0] += 1 }
    }
    var check = GraphCheck(Self.variants(seeds.lowerBound))
    defer { rewrites.merge(check.rewrites, uniquingKeysWith: +) }
    for failure in try check.failures(functions, seed: seeds.lowerBound) {
      let only = GraphCheck([failure.variant])
      let function = functions[failure.index]
      func fails(_ candidate: Function) -> Bool { only.fails(candidate, seed: seeds.lowerBound) }
      let small = fails(function) ? Shrinker.shrink(function, while: fails) : function
      findings.append(Self.finding(owners[failure.index], "\(failure.variant): \(failure.message)", small))
    }
    return findings
  }

  /// What is compiled for a seed: the function with its gradients, and for some seeds a part of one of them.
  public static func functions(_ seed: UInt64) throws(Diagnostic) -> [Function] {
    let plain = try GraphGenerator.function(seed: seed)
    var gradient = try GraphGradients.function(of: plain, seed: seed)
    gradient.name = "gradient\(seed)"
    var functions = [gradient]
    if var shared = try sharedRowsGradient(plain, seed) {
      shared.name = "shared\(seed)"
      functions.append(shared)
    }
    if seed % 4 > 0 { return functions }
    var part = GraphGradients.selection(of: seed % 8 == 0 ? plain : gradient, seed: seed)
    part.name = "part\(seed)"
    return functions + [part]
  }

  /// The function with its gradients, made after rows that records share have become one; nil if there are none.
  private static func sharedRowsGradient(_ plain: Function, _ seed: UInt64) throws(Diagnostic) -> Function? {
    var context = PassContext()
    let shared = try Pass.shareRows.run(plain, &context)
    if context.rewrites == 0 { return nil }
    try Verifier.verify(shared)
    return try GraphGradients.function(of: shared, seed: seed)
  }

  /// How results and gradients with shared rows differ from those without; nil if they do not.
  private static func sharedRowsFault(_ plain: Function, _ seed: UInt64) throws(Diagnostic) -> String? {
    guard let shared = try sharedRowsGradient(plain, seed) else { return nil }
    let inputs = GraphInputs.values(for: plain, seed: seed)
    let truth = try GraphTruth(try GraphGradients.function(of: plain, seed: seed), inputs)
    return try truth.fault(of: try Interpreter.run(shared, inputs: inputs))
  }

  /// Kernels for AVX-512 with pairs of bf16, where they can be emulated.
  private static let emulated = (try? Target.named(TargetNames.emulated)) ?? .host()

  /// Unoptimised and optimised always; levels, orders of passes, passes left out, processors and numbers of threads in turn.
  static func variants(_ seed: UInt64) -> [GraphVariant] {
    var random = RandomSource(seed: seed)
    let threads = Int32(random.integer(1..<4))
    let names = Pass.all.map(\.name) + LoweringSwitch.allCases.map(\.rawValue)
    let optimised: GraphVariant =
      switch random.integer(0..<7) {
      case 0: .level(2, products: .emitted, threads: threads)
      case 1, 2: .level(3, threads: threads)
      case 3: .shuffled(3, seed: seed)
      case 4: .level(3, without: [names[Int(random.integer(0..<names.count))]], threads: threads)
      case 5: .level(3, products: .emitted, threads: threads, target: emulated)
      default: .level(2, threads: 2)
      }
    return [.level(0, threads: threads), optimised] + (random.integer(0..<4) == 0 ? [.level(1, threads: threads)] : [])
  }

  static func finding(_ seed: UInt64, _ message: String, _ function: Function) -> Finding {
    let text = Printer(.init(locations: false)).text(function)
    return Finding(seed: seed, message: message, text: "// RUN: compile\n// seed \(seed): \(message)\n\(text)")
  }
}
