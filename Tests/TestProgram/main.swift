import Glibc
import TestKernels
import TrainingRuntime

// The hand-written model as a program: what codegen's `main` does with a compiled one.
exit(withUnsafePointer(to: test_program) { programMain(CommandLine.argc, CommandLine.unsafeArgv, $0) })
