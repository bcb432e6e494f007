import Glibc
import TestKernels
import Training

// A hand-written model as a program: what codegen's `main` does with a compiled one.
let isClassifier = getenv("TEST_PROGRAM").map { String(cString: $0) } == "classifier"
var program = isClassifier ? test_classifier : test_program
let description = isClassifier ? Descriptions.classifier : Descriptions.probe
exit(
  description.json.compact.withCString { text in
    program.description = text
    return withUnsafePointer(to: program) { programMain(CommandLine.argc, CommandLine.unsafeArgv, $0) }
  })
