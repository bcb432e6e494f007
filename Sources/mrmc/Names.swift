import ArgumentParser
import Glibc
import Support

/// Both the command line and the tensor IR have arguments; here it is the command line's.
typealias Argument<Value> = ArgumentParser.Argument<Value>

/// Ends the process; with `cannotWrite` if results were lost.
func end(_ code: Support.ExitCode) -> Never { exit(StandardStream.exitCode(code).rawValue) }
