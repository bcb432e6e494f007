import Glibc
import GraphFuzz
import Support

// fuzz [COUNT [SEED [DIRECTORY]]]: checks COUNT random functions from SEED on; what fails is written to DIRECTORY.
let words = CommandLine.arguments.dropFirst()
let numbers = words.prefix(2).map { UInt64($0) }
guard words.count <= 3, !numbers.contains(nil) else {
  StandardStream.error.line("usage: fuzz [COUNT [SEED [DIRECTORY]]]")
  exit(ExitCode.usage.rawValue)
}
let count = numbers.count > 0 ? Int(numbers[0]!) : 10_000
let first = numbers.count > 1 ? numbers[1]! : 1
let directory = words.count > 2 ? words.last! : ".build/fuzz"

let start = ContinuousClock.now
var run = FuzzRun()
var batches = 0
run.progress = { seed in
  if batches % 20 == 0 { StandardStream.error.line("seed \(seed), after \(ContinuousClock.now - start)") }
  batches += 1
}
do {
  let failures = try run.runGuarded(first: first, count: count) { finding in
    do {
      try makeDirectory(directory)
      let path = "\(directory)/graph-\(finding.seed).tir"
      try AtomicFile.write(finding.text, to: path)
      StandardStream.out.line("\(path):\n\(finding.text)")
    } catch {
      StandardStream.error.line("\(error)")
    }
  } finished: { run in
    let rewrites = run.rewrites.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    StandardStream.out.line(
      "\(run.graphs) graphs, \(run.operations.values.reduce(0, +)) operations of \(run.operations.count) kinds, "
        + "\(ContinuousClock.now - start); rewrites: " + rewrites.joined(separator: ", "))
  }
  StandardStream.out.line("\(failures) failures in \(count) graphs from seed \(first)")
  exit(failures == 0 ? ExitCode.success.rawValue : ExitCode.failure.rawValue)
} catch {
  StandardStream.error.line("\(error)")
  exit(error.code.rawValue)
}
