import Glibc

/// The prebuilt libraries that stand beside the compiler.
struct InstalledLibraries {
  /// Holds the archives a training program links, and `swift/` for models in the DSL.
  let directory: String

  /// `MRMC_LIB_DIR`, or `lib` beside the executable. `noInput` if they are not there.
  init() throws(Diagnostic) {
    if let path = getenv("MRMC_LIB_DIR"), path.pointee != 0 {
      directory = String(cString: path)
    } else {
      directory = directoryName(Self.executable) + "/lib"
    }
    guard fileKind(directory + "/" + Self.runtime) == .file else {
      throw Diagnostic(
        .noInput, at: SourceLocation(file: directory), "the runtime library \(Self.runtime) is not there",
        notes: ["run make build, which puts it beside the compiler, or set MRMC_LIB_DIR to the directory that holds it"]
      )
    }
  }

  static let runtime = "libTrainingProgram.a"

  /// This program's file, symbolic links resolved.
  static var executable: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// What follows the objects on the linker's command line: the runtime whole, the Swift libraries it needs, and the
  /// libraries of the system that stay dynamic.
  var linkArguments: [String] {
    let archives = directoryEntries(directory).filter { $0.hasSuffix(".a") && $0 != Self.runtime }
    return [directory + "/swiftrt.o", "-Wl,--whole-archive", directory + "/" + Self.runtime, "-Wl,--no-whole-archive"]
      + ["-Wl,--start-group"] + archives.map { directory + "/" + $0 } + ["-Wl,--end-group"]
      + ["-l:libopenblas.so.0", "-lstdc++", "-lpthread", "-ldl", "-lm"]
  }
}
