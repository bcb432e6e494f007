import Glibc
import LLVMKit
import Support
import Testing

struct TargetTests {
  @Test func levelsHaveTheirVectorWidths() throws {
    #expect(try Target.named("x86-64-v2").vectorBits == 128)
    #expect(try Target.named("x86-64-v3").vectorBits == 256)
    #expect(try Target.named("x86-64-v4").vectorBits == 512)
    #expect(try Target.named("native") == Target.host())
  }

  @Test func requiredFlagsAreSpelledAsTheKernelSpellsThem() throws {
    let flags = try Target.named("x86-64-v3").requiredCPUFlags
    #expect(flags.contains("sse4_1") && flags.contains("abm") && flags.contains("fma") && flags.contains("bmi1"))
    #expect(!flags.contains("avx512f"))
    #expect(try Target.named("x86-64-v4").requiredCPUFlags.contains("avx512bw"))
  }

  @Test func emulatedTargetsNeedNoMoreThanLevel3() throws {
    let wide = try Target.named("emulated-x86-64-v4-bf16")
    #expect(wide.isEmulated && wide.vectorBits == 512 && wide.has("avx512bf16"))
    #expect(wide.requiredCPUFlags == (try Target.named("x86-64-v3").requiredCPUFlags))
    let real = try Target.named("x86-64-v4-bf16")
    #expect(!real.isEmulated && real.requiredCPUFlags.contains("avx512_bf16"))
    #expect(!(try Target.named("emulated-x86-64-v4").has("avx512bf16")))
    #expect(Target.names.count { $0.hasPrefix("emulated-") } == 2)
  }

  @Test func theHostHasWhatItRequires() throws {
    guard let file = fopen("/proc/cpuinfo", "r") else {
      print("SKIPPED: there is no /proc/cpuinfo")
      return
    }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 16384)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("flags") else { continue }
      let flags = Set(text.split { " \t\n:".contains($0) }.map(String.init))
      #expect(Target.host().requiredCPUFlags.filter { !flags.contains($0) } == [])
      return
    }
  }

  @Test func unknownNamesAreAUsageError() {
    #expect { try Target.named("pentium") } throws: { error in
      (error as? Diagnostic)?.code == .usage && "\(error)".contains("x86-64-v3")
    }
  }
}
