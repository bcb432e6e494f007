import Glibc

/// The program that `mrmc` makes of a model file: it calls the file's entry function and prints the module as `.tir`.
///
/// The entry function is `func model(_ options: ModelOptions) throws(Diagnostic) -> Module`.
public enum ModelProgram {
  /// The main file that is compiled beside the model file.
  public static let mainSource = "import Frontend\n\nModelProgram.run(model)\n"

  /// Reads `--batch`, `--precision` and `--set` from the command line and prints the module on standard output, exactly.
  /// What the model prints itself goes to standard error, as an error does; then the process ends with its exit code.
  public static func run(_ model: (ModelOptions) throws(Diagnostic) -> Module) -> Never {
    let output = dup(1)
    dup2(2, 1)
    do {
      let options = try ModelOptions(arguments: Array(CommandLine.arguments.dropFirst()))
      let module = try model(options)
      fflush(nil)
      dup2(output, 1)
      StandardStream.out.write(Printer().text(module))
    } catch {
      StandardStream.error.line(error.description)
      exit(error.code.rawValue)
    }
    exit(StandardStream.exitCode(.success).rawValue)
  }
}
