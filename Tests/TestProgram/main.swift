import Glibc
import TestKernels
import Training

// A hand-written model as a program: what codegen's `main` does with a compiled one.
let name = getenv("TEST_PROGRAM").map { String(cString: $0) } ?? "probe"
let isProbe = ["probe", "frozen"].contains(name)
var program = isProbe ? test_program : test_classifier
let description =
  switch name {
  case "probe": Descriptions.probe
  case "frozen": Descriptions.frozen
  case "regressor": Descriptions.regressor
  case "chooser": Descriptions.chooser
  default: Descriptions.classifier
  }
exit(
  description.json.compact.withCString { text in
    program.description = text
    return withUnsafePointer(to: program) { programMain(CommandLine.argc, CommandLine.unsafeArgv, $0) }
  })
