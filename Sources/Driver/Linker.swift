import Glibc

/// Links objects to a program or to one object, with the machine's C compiler.
enum Linker {
  private static func compiler() throws(Diagnostic) -> String {
    for name in ["cc", "gcc", "clang"] {
      if let path = Toolchain.find(name) { return path }
    }
    throw Diagnostic(
      .noInput, "no linker: none of cc, gcc and clang is in PATH",
      notes: ["install gcc, or use mrmc train, which needs none"])
  }

  /// How the compiler is told to link with the quickest linker that is there: LLVM's, which the Swift toolchain brings, takes
  /// a sixth of the time of GNU's default, gold half.
  private static var quickest: [String] {
    for name in ["lld", "gold"] where Toolchain.find("ld." + name) != nil { return ["-fuse-ld=" + name] }
    return []
  }

  /// Links a training program. It appears at `path`, executable, whole or not at all.
  static func program(_ objects: [[UInt8]], at path: String) throws(Diagnostic) {
    let libraries = try InstalledLibraries()
    try link(objects, at: path, isExecutable: true) { files in quickest + files + libraries.linkArguments }
  }

  /// Joins objects to one.
  static func object(_ objects: [[UInt8]], at path: String) throws(Diagnostic) {
    try link(objects, at: path, isExecutable: false) { files in ["-r", "-nostdlib"] + files }
  }

  /// `cannotWrite`, saying why, where no program or object can be put.
  static func checkPlace(_ path: String) throws(Diagnostic) {
    let kind = fileKind(path)
    if kind == .directory || kind == .other {
      throw unwritable(path, kind == .directory ? "it is a directory" : "it is neither a file nor absent")
    }
    let directory = directoryName(AtomicFile.place(of: path))
    if access(directory, W_OK) != 0 { throw unwritable(path) }
    if fileKind(directory) != .directory { throw unwritable(path, "\(directory) is no directory") }
  }

  private static func link(
    _ objects: [[UInt8]], at path: String, isExecutable: Bool, _ arguments: ([String]) -> [String]
  ) throws(Diagnostic) {
    let compiler = try compiler()
    let place = AtomicFile.place(of: path)
    let temporary = try TemporaryDirectory()
    var files: [String] = []
    for (index, object) in objects.enumerated() {
      files.append("\(temporary.path)/\(index).o")
      try writeTemporary(object, to: files[index])
    }
    let unfinished = AtomicFile.temporary(for: place)
    let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw unwritable(path) }
    close(descriptor)
    // Gone already once it has its name.
    defer { unlink(unfinished) }
    let outcome = try Toolchain.run(
      compiler, ["-o", unfinished] + arguments(files), capture: true, mergesErrors: true)
    guard outcome.status == 0 else {
      let lines = outcome.output.split(separator: "\n").filter { !$0.contains("mktemp") }.suffix(12).map(String.init)
      let full = outcome.output.contains("No space left")
      throw Diagnostic(
        full ? .cannotWrite : .failure, at: SourceLocation(file: path),
        full ? "cannot be written: no space left" : "linking failed: \(compiler) exited with \(outcome.status)",
        notes: lines)
    }
    if isExecutable { chmod(unfinished, 0o777 & ~currentMask()) }
    guard isSynchronised(unfinished), rename(unfinished, place) == 0 else { throw unwritable(path) }
  }

  /// Waits until the linker's result is on the disk, so that a crash of the machine leaves no half of it under its name.
  private static func isSynchronised(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return fsync(file) == 0
  }

  /// Writes a file that only the linker reads: it need not survive a crash of the machine, so nothing waits for the disk.
  private static func writeTemporary(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
    guard let file = fopen(path, "we") else { throw unwritable(path) }
    let isWhole = fwrite(bytes, 1, bytes.count, file) == bytes.count
    guard fclose(file) == 0, isWhole else { throw unwritable(path) }
  }

  /// A file that cannot be written, by what `errno` says unless told why.
  private static func unwritable(
    _ path: String, _ reason: String = String(cString: strerror(errno))
  ) -> Diagnostic {
    Diagnostic(
      .cannotWrite, at: SourceLocation(file: path), "cannot be written: \(reason)",
      notes: ["expected: a file in a directory that is there and can be written"])
  }

  private static func currentMask() -> mode_t {
    let mask = umask(0)
    umask(mask)
    return mask
  }
}
