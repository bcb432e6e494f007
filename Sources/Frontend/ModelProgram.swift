import Glibc

/// The program that `mrmc` makes of a model file: it calls the file's entry function and prints the module as `.tir`.
///
/// The entry function is `func model(_ options: ModelOptions) throws(Diagnostic) -> Module`.
public enum ModelProgram {
  /// The main file that is compiled beside the model file.
  public static let mainSource = "import Frontend\n\nModelProgram.run(model)\n"

  /// Reads `--batch`, `--precision` and `--set` from the command line and prints the module on standard output, exactly.
  /// An error goes to standard error, and the process ends with its exit code.
  public static func run(_ model: (ModelOptions) throws(Diagnostic) -> Module) -> Never {
    do {
      let options = try ModelOptions(arguments: Array(CommandLine.arguments.dropFirst()))
      StandardStream.out.write(Printer().text(try model(options)))
    } catch {
      StandardStream.error.line(error.description)
      exit(error.code.rawValue)
    }
    exit(StandardStream.exitCode(.success).rawValue)
  }
}
