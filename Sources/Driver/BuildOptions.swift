import BufferIR
import Models
import Passes

/// What `mrmc build` and the verbs that compile can be told: the build flags, resolved but for the model's own options.
public struct BuildOptions: Sendable {
  /// How matrix products are computed.
  public enum Products: String, CaseIterable, Sendable { case openblas, emitted, auto }

  /// What `build` writes.
  public enum Emission: String, CaseIterable, Sendable { case exe, obj, asm, llvm, buffer, ir }

  /// The batch of a build that is not told one.
  public static let standardBatch = 8

  /// A name from `mrmc models`, a `.swift` file or a `.tir` file.
  public var model: String
  /// `key=value` settings of the model, in the order given.
  public var settings: [String] = []
  /// Records per step; nil: from the inputs, or the standard.
  public var batch: Int?
  public var precision = Precision.f32
  /// `-O`: 0 leaves out every fusion.
  public var optimization = 2
  /// Whether passes that fuse run, and loops are joined; without, each operation is one kernel, as good as with.
  public var fuses = true
  /// `auto` is OpenBLAS up to `-O1`, then what is known to be faster for each shape.
  public var products = Products.auto
  /// Bytes a call may use, arguments, results and temporaries together: the peak that `--dry-run` tells.
  public var memoryBudget: Int?
  public var targetCPU = "native"
  public var emission = Emission.exe
  /// Passes and stages to print after, or `all`, or `changed`.
  public var printAfter: [String] = []
  /// Directory for `<model>.<NN>.<phase>` dumps.
  public var dumpDirectory: String?
  public var disabledPasses: [String] = []
  /// Rewrites after which nothing more is rewritten.
  public var passLimit: Int?
  public var verifyEach = false
  public var timePasses = false
  public var remarks = false
  public var dryRun = false

  public init(model: String) { self.model = model }

  /// Throws `usage` for values that cannot be, for passes that do not exist, and for what this version cannot do.
  public func validate() throws(Diagnostic) {
    if !(0...3).contains(optimization) {
      throw Diagnostic(.usage, "-O\(optimization): expected -O0, -O1, -O2 or -O3")
    }
    if let batch, batch < 1 || batch > 1 << 20 {
      throw Diagnostic(.usage, "--batch \(batch): expected 1 to 1048576")
    }
    if let passLimit, passLimit < 0 {
      throw Diagnostic(.usage, "--pass-limit \(passLimit): expected 0 or more")
    }
    if let memoryBudget, memoryBudget < 1 {
      throw Diagnostic(.usage, "--memory-budget \(memoryBudget): expected a number of bytes")
    }
    if memoryBudget != nil, disabledPasses.contains(Pass.recompute.name) {
      throw Diagnostic(.usage, "--memory-budget needs the pass recompute, which --disable-pass leaves out")
    }
    if precision == .bf16, disabledPasses.contains(Pass.mixedPrecision.name) {
      throw Diagnostic(.usage, "--precision bf16 needs the pass mixed-precision, which --disable-pass leaves out")
    }
    for name in disabledPasses where Pass.named(name) == nil && !Self.isSwitch(name) {
      throw Diagnostic(.usage, "--disable-pass \(name): no such pass", notes: [Self.knownPasses, Self.knownSwitches])
    }
    for name in printAfter where Pass.named(name) == nil && !Self.printable.contains(name) {
      throw Diagnostic(
        .usage, "--print-after \(name): no such pass or stage",
        notes: [Self.knownPasses, "or: " + Self.printable.joined(separator: ", ")])
    }
  }

  static let printable = ["all", "changed", "graph", "grad", "buffer", "llvm"]
  /// The step of code generation that makes one function of kernels that differ in sizes alone.
  static let shareKernels = "share-kernels"
  static func isSwitch(_ name: String) -> Bool { name == shareKernels || LoweringSwitch(rawValue: name) != nil }
  static var knownSwitches: String {
    "in lowering: " + LoweringSwitch.allCases.map(\.rawValue).joined(separator: ", ")
      + "; in code generation: " + shareKernels
  }
  static var knownPasses: String {
    "passes: " + (Pass.all + Pass.beforeDifferentiation).map(\.name).joined(separator: ", ")
  }

  /// The settings as key and value; `usage` for one that is neither.
  var parsedSettings: [(key: String, value: String)] {
    get throws(Diagnostic) {
      var result: [(key: String, value: String)] = []
      for setting in settings { result.append(try ModelOptions.setting(setting)) }
      return result
    }
  }

  /// The flags as they would be typed, those at their defaults left out.
  public var commandLine: [String] {
    var words = settings.map { "--set \($0)" }
    if let batch { words.append("--batch \(batch)") }
    if precision != .f32 { words.append("--precision \(precision.rawValue)") }
    if optimization != 2 { words.append("-O\(optimization)") }
    if products != .auto { words.append("--products \(products.rawValue)") }
    if targetCPU != "native" { words.append("--target-cpu \(targetCPU)") }
    if let memoryBudget { words.append("--memory-budget \(memoryBudget)") }
    words += disabledPasses.map { "--disable-pass \($0)" }
    if let passLimit { words.append("--pass-limit \(passLimit)") }
    return words
  }

  /// Takes from the flags a program was built with, as `commandLine` writes them, what chooses its kernels.
  mutating func takeKernels(from commandLine: [String]) {
    for flag in commandLine {
      let sides = flag.split(separator: " ", maxSplits: 1).map(String.init)
      switch (sides[0], sides.last!) {
      case ("--products", let name): products = Products(rawValue: name) ?? products
      case ("--precision", let name): precision = Precision(rawValue: name) ?? precision
      case ("--target-cpu", let name): targetCPU = name
      case ("--disable-pass", let name): disabledPasses.append(name)
      case let (word, _) where word.hasPrefix("-O"): optimization = Int(word.dropFirst(2)) ?? optimization
      default: break
      }
    }
  }
}

extension BuildOptions {
  /// The disabled passes of the tensor IR.
  var disabledRewrites: [String] { disabledPasses.filter { !Self.isSwitch($0) } }

  /// Whether kernels that differ in sizes alone are one function: not where code is to be as specific as it can be.
  var sharesKernels: Bool { optimization < 3 && !disabledPasses.contains(Self.shareKernels) }

  /// What lowering may do at this level.
  var lowering: LoweringOptions {
    var result = LoweringOptions.level(fuses ? optimization : 0, without: disabledPasses)
    switch products {
    case .openblas: result.products = .openblas
    case .emitted: result.products = .emitted
    case .auto: result.products = optimization >= 2 ? .auto : .openblas
    }
    return result
  }
}
