import Glibc

/// Programs of the machine that the compiler calls.
enum Toolchain {
  /// The full path of an executable found in PATH; nil if there is none.
  static func find(_ name: String) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    for directory in path.split(separator: ":", omittingEmptySubsequences: false) {
      let candidate = (directory.isEmpty ? "." : String(directory)) + "/" + name
      if access(candidate, X_OK) == 0, fileKind(candidate) == .file { return candidate }
    }
    return nil
  }

  /// How a program ended and what it wrote.
  struct Outcome {
    /// The exit code; 128 + the signal that ended it.
    var status: Int32
    var output: String
  }

  /// Runs a program and waits for it. `capture`: its standard output and, with `mergesErrors`, its standard error are
  /// returned instead of shown. `interrupted` or `terminated`, after it has ended, if that signal came.
  static func run(
    _ path: String, _ arguments: [String], capture: Bool = false, mergesErrors: Bool = false
  ) throws(Diagnostic) -> Outcome {
    try Interruption.watched { () throws(Diagnostic) in
      try awaited(path, arguments, capture: capture, mergesErrors: mergesErrors)
    }
  }

  private static func awaited(
    _ path: String, _ arguments: [String], capture: Bool, mergesErrors: Bool
  ) throws(Diagnostic) -> Outcome {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var ends: [Int32] = [-1, -1]
    if capture {
      guard pipe(&ends) == 0 else {
        throw Diagnostic(.failure, "no pipe to \(path): \(String(cString: strerror(errno)))")
      }
      posix_spawn_file_actions_addclose(&actions, ends[0])
      posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
      if mergesErrors { posix_spawn_file_actions_adddup2(&actions, ends[1], 2) }
      posix_spawn_file_actions_addclose(&actions, ends[1])
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process = pid_t()
    let problem = posix_spawn(&process, path, &actions, nil, &words, environ)
    if capture { close(ends[1]) }
    defer { if capture { close(ends[0]) } }
    guard problem == 0 else {
      throw Diagnostic(.failure, at: SourceLocation(file: path), "cannot be run: \(String(cString: strerror(problem)))")
    }
    var output = ""
    let status = Interruption.wait(for: process) { if capture { output = drain(ends[0]) } }
    let signal = status & 0x7f
    return Outcome(status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: output)
  }

  /// What a program writes; an error if it fails.
  static func output(_ path: String, _ arguments: [String]) throws(Diagnostic) -> String {
    let outcome = try run(path, arguments, capture: true)
    guard outcome.status == 0 else {
      throw Diagnostic(
        ExitCode(rawValue: outcome.status) ?? .failure, at: SourceLocation(file: path),
        "\(arguments.joined(separator: " ")) exited with \(outcome.status)")
    }
    return outcome.output
  }

  private static func drain(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(contentsOf: chunk[..<count])
    }
  }
}

/// A directory of temporary files, gone when the value is.
final class TemporaryDirectory {
  let path: String

  init() throws(Diagnostic) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/mrmc.XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Diagnostic(
        .cannotWrite, at: SourceLocation(file: base),
        "no temporary directory can be made: \(String(cString: strerror(errno)))",
        notes: ["set TMPDIR to a directory that can be written"])
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(path) }
}
