/// One instruction-set extension under the name of LLVM and of `/proc/cpuinfo`.
struct CPUFeature: Sendable {
  let llvm: String
  let cpuinfo: String

  private init(_ llvm: String, _ cpuinfo: String? = nil) {
    self.llvm = llvm
    self.cpuinfo = cpuinfo ?? llvm
  }

  /// Every extension that generated code may use and that not all x86-64 processors have.
  static let all: [CPUFeature] = [
    CPUFeature("cx16"), CPUFeature("sahf", "lahf_lm"), CPUFeature("popcnt"), CPUFeature("sse3", "pni"),
    CPUFeature("ssse3"), CPUFeature("sse4.1", "sse4_1"), CPUFeature("sse4.2", "sse4_2"),
    CPUFeature("avx"), CPUFeature("avx2"), CPUFeature("bmi", "bmi1"), CPUFeature("bmi2"), CPUFeature("f16c"),
    CPUFeature("fma"), CPUFeature("lzcnt", "abm"), CPUFeature("movbe"), CPUFeature("adx"),
    CPUFeature("gfni"), CPUFeature("avxvnni", "avx_vnni"),
    CPUFeature("avx512f"), CPUFeature("avx512bw"), CPUFeature("avx512cd"), CPUFeature("avx512dq"),
    CPUFeature("avx512vl"), CPUFeature("avx512ifma"), CPUFeature("avx512vbmi"),
    CPUFeature("avx512vbmi2", "avx512_vbmi2"),
    CPUFeature("avx512vnni", "avx512_vnni"), CPUFeature("avx512bitalg", "avx512_bitalg"),
    CPUFeature("avx512vpopcntdq", "avx512_vpopcntdq"), CPUFeature("avx512bf16", "avx512_bf16"),
    CPUFeature("avx512fp16", "avx512_fp16"), CPUFeature("amx-bf16", "amx_bf16"),
  ]

  /// What one maker's processors alone have, and gains nothing here: code does without, so that programs run on the others'.
  private static let ofOneMaker: Set<String> = ["sse4a", "xop", "fma4", "tbm"]

  /// `+xop` as `-xop`; others as they are.
  static func portable(_ feature: String) -> String {
    ofOneMaker.contains(String(feature.dropFirst())) ? "-" + feature.dropFirst() : feature
  }

  private static let v2 = ["cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"]
  private static let v3 = v2 + ["avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"]
  private static let v4 = v3 + ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]

  /// The x86-64 levels of the System V psABI, and the last with products of bf16 (Zen 4, Sapphire Rapids): LLVM's processor
  /// and features, in the order of what they can do.
  static let levels: [(name: String, cpu: String, features: [String])] = [
    ("x86-64-v2", "x86-64-v2", v2), ("x86-64-v3", "x86-64-v3", v3), ("x86-64-v4", "x86-64-v4", v4),
    ("x86-64-v4-bf16", "x86-64-v4", v4 + ["avx512bf16"]),
  ]
}
