internal import CLLVM
import Support

/// The processor code is generated for.
public struct Target: Hashable, Sendable {
  /// LLVM's name of the processor, such as `znver4` or `x86-64-v3`.
  public let cpu: String
  /// LLVM's feature string: `+avx2,-avx512f,…`.
  public let features: String
  /// Such as `x86_64-pc-linux-gnu`.
  public let triple: String
  private let enabled: Set<String>

  init(cpu: String, features: [String], triple: String) {
    self.cpu = cpu
    self.features = features.joined(separator: ",")
    self.triple = triple
    enabled = Set(features.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) })
  }

  /// Whether instructions of an LLVM feature (`avx2`, `avx512bf16`, `fma`…) may be used.
  public func has(_ feature: String) -> Bool { enabled.contains(feature) }

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
    let features = takeMessage(LLVMGetHostCPUFeatures())
    return Target(
      cpu: cpu, features: features.split(separator: ",").map { CPUFeature.portable(String($0)) }, triple: hostTriple)
  }

  /// Names `named(_:)` takes.
  public static let names = ["native", "x86-64-v2", "x86-64-v3", "x86-64-v4"]

  /// The target of a name in `names`. Throws `.usage` for any other name, and for an x86-64 level on another machine.
  public static func named(_ name: String) throws(Diagnostic) -> Target {
    if name == "native" { return host() }
    guard let features = CPUFeature.levels[name] else {
      throw Diagnostic(.usage, "unknown target '\(name)'; known: \(names.joined(separator: ", "))")
    }
    guard hostTriple.hasPrefix("x86_64") else {
      throw Diagnostic(.usage, "target '\(name)' is for x86-64, this machine is \(hostTriple): use native")
    }
    return Target(cpu: name, features: features.map { "+" + $0 }, triple: hostTriple)
  }

  /// The names, as `/proc/cpuinfo` spells them, of what the processor must have before the code may run on it.
  public var requiredCPUFlags: [String] {
    CPUFeature.all.filter { has($0.llvm) }.map(\.cpuinfo)
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
