import IRText
import Models

/// Models in the DSL that a user keeps in a file of their own.
///
/// The file declares `func model(_ options: ModelOptions) throws(Diagnostic) -> Module`. It is compiled with the user's
/// `swiftc` against the installed `Frontend` and `Models`, run once, and what it prints is the module.
enum SwiftModel {
  /// Compiles the file and runs it for these options. No file or no `swiftc`: `noInput`; a file that does not compile:
  /// `badData`, after swiftc's own words.
  static func module(_ path: String, _ options: BuildOptions, batch: Int) throws(Diagnostic) -> Module {
    let location = SourceLocation(file: path)
    guard fileKind(path) == .file else { throw Diagnostic(.noInput, at: location, "no such file") }
    guard let compiler = Toolchain.find("swiftc") else {
      throw Diagnostic(
        .noInput, at: location, "a model in Swift needs swiftc, which is not in PATH",
        notes: ["install Swift 6, or print the module elsewhere with mrmc ir --stage graph and use the .tir file"])
    }
    let libraries = try InstalledLibraries().directory + "/swift"
    guard fileKind(libraries + "/libFrontend.a") == .file else {
      throw Diagnostic(
        .noInput, at: SourceLocation(file: libraries), "the libraries for models in Swift are not there",
        notes: ["run make build"])
    }
    let temporary = try TemporaryDirectory()
    let main = temporary.path + "/main.swift"
    try AtomicFile.write(ModelProgram.mainSource, to: main)
    let program = temporary.path + "/model"
    let compiled = try Toolchain.run(
      compiler,
      [
        "-swift-version", "6", "-Onone", "-module-name", "UserModel", "-I", libraries, "-L", libraries,
        "-lFrontend", "-o", program, path, main,
      ], capture: true, mergesErrors: true)
    guard compiled.status == 0 else {
      StandardStream.error.write(compiled.output)
      throw Diagnostic(
        .badData, at: location, "the model does not compile",
        notes: ["it declares: func model(_ options: ModelOptions) throws(Diagnostic) -> Module"])
    }
    var arguments = ["--batch", "\(batch)", "--precision", options.precision.rawValue]
    for setting in options.settings { arguments += ["--set", setting] }
    let outcome = try Toolchain.run(program, arguments, capture: true)
    guard outcome.status == 0 else {
      throw Diagnostic(ExitCode(rawValue: outcome.status) ?? .failure, at: location, "the model cannot be built")
    }
    return try Module(parsing: outcome.output, file: path)
  }
}
