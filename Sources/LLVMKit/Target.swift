internal import CLLVM
import Support

/// The processor code is generated for.
///
/// An emulated one has its vectors, tiles and pairs, but every instruction is one of `x86-64-v3`: LLVM splits vectors that
/// are too wide, and what has no counterpart is spelt out. So code for AVX-512 is tested where there is none.
public struct Target: Hashable, Sendable {
  /// LLVM's name of the processor, such as `znver4`, or the one of `names` that it was made from.
  public let cpu: String
  /// Such as `x86_64-pc-linux-gnu`.
  public let triple: String
  /// What LLVM selects instructions for: its names of a processor and of features, `+avx2,-avx512f,…`.
  let instructions: Instructions
  /// What kernels are laid out for.
  private let enabled: Set<String>

  /// LLVM's processor and features.
  struct Instructions: Hashable, Sendable {
    let cpu: String
    let features: [String]

    var featureString: String { features.joined(separator: ",") }
    var enabled: Set<String> { Set(features.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }) }
  }

  private init(cpu: String, _ instructions: Instructions, enabled: Set<String>) {
    self.cpu = cpu
    self.instructions = instructions
    self.enabled = enabled
    isEmulated = !enabled.isSubset(of: instructions.enabled)
    triple = Self.hostTriple
  }

  /// Whether kernels may be laid out for what an LLVM feature (`avx2`, `avx512bf16`, `fma`…) gives.
  public func has(_ feature: String) -> Bool { enabled.contains(feature) }

  /// Whether there are features that its code has to do without.
  public let isEmulated: Bool

  /// Bits of the widest vector register: 512, 256 or 128.
  public var vectorBits: Int { has("avx512f") ? 512 : has("avx2") ? 256 : 128 }

  /// Whether one instruction multiplies and adds with one rounding.
  public var hasFusedMultiplyAdd: Bool { has("fma") || triple.hasPrefix("aarch64") }

  /// Lanes of f32 in the widest vector register.
  public var floatLanes: Int { vectorBits / 32 }

  /// The processor this process runs on.
  public static func host() -> Target {
    initialize()
    let cpu = takeMessage(LLVMGetHostCPUName())
    let features = takeMessage(LLVMGetHostCPUFeatures()).split(separator: ",").map { CPUFeature.portable(String($0)) }
    let instructions = Instructions(cpu: cpu, features: features)
    return Target(cpu: cpu, instructions, enabled: instructions.enabled)
  }

  /// Names `named(_:)` takes.
  public static let names = ["native"] + CPUFeature.levels.map(\.name) + emulated.map { emulation + $0 }

  private static let emulation = "emulated-"
  private static let emulated = ["x86-64-v4", "x86-64-v4-bf16"]

  /// The target of a name in `names`. Throws `.usage` for any other name, and for an x86-64 level on another machine.
  public static func named(_ name: String) throws(Diagnostic) -> Target {
    if name == "native" { return host() }
    guard names.contains(name) else {
      throw Diagnostic(.usage, "unknown target '\(name)'; known: \(names.joined(separator: ", "))")
    }
    guard hostTriple.hasPrefix("x86_64") else {
      throw Diagnostic(.usage, "target '\(name)' is for x86-64, this machine is \(hostTriple): use native")
    }
    let isEmulated = name.hasPrefix(emulation)
    let level = isEmulated ? String(name.dropFirst(emulation.count)) : name
    return Target(cpu: name, instructions(isEmulated ? "x86-64-v3" : level), enabled: instructions(level).enabled)
  }

  private static func instructions(_ name: String) -> Instructions {
    let level = CPUFeature.levels.first { $0.name == name }!
    return Instructions(cpu: level.cpu, features: level.features.map { "+" + $0 })
  }

  /// The names, as `/proc/cpuinfo` spells them, of what the processor must have before the code may run on it.
  public var requiredCPUFlags: [String] {
    let needed = instructions.enabled
    return CPUFeature.all.filter { needed.contains($0.llvm) }.map(\.cpuinfo)
  }

  private static var hostTriple: String { takeMessage(LLVMGetDefaultTargetTriple()) }

  /// Registers the host's code generator with LLVM, once.
  static func initialize() {
    _ = initialized
  }

  private static let initialized: Void = {
    _ = LLVMInitializeNativeTarget()
    _ = LLVMInitializeNativeAsmPrinter()
    _ = LLVMInitializeNativeAsmParser()
  }()
}

extension Target: CustomStringConvertible {
  /// The processor's name.
  public var description: String { cpu }
}
