import Driver
import GoldenFiles
import Testing

/// `IR/examples/mrm-nano`: the gradients of the smallest model at each stage of its way to machine code, as
/// `mrmc ir` prints them. `make bless` makes them anew.
@Suite struct GoldenDumpTests {
  private static let root = directoryName(directoryName(directoryName(#filePath))) + "/IR/examples/mrm-nano"
  private static let model = "mrm-nano"

  /// For a processor that every machine's compiler knows: the text is the same everywhere.
  private static func text(_ stage: Stage, _ function: String) throws -> String {
    var options = BuildOptions(model: model)
    options.batch = 2
    options.targetCPU = "x86-64-v3"
    let scratch = try Scratch()
    var show = ShowIR(options, stage: stage, function: function, output: scratch.path + "/text")
    show.elideAbove = 8
    try show.run()
    return try readTextFile(scratch.path + "/text")
  }

  @Test(arguments: [
    ("1.graph.tir", Stage.graph, "loss"), ("2.grad.tir", .grad, "loss_and_grads"),
    ("3.fused.tir", .fused, "loss_and_grads"), ("4.buffer.bir", .buffer, "loss_and_grads"),
  ])
  func stage(_ file: String, _ stage: Stage, _ function: String) throws {
    let observed = Self.withoutSourceLines(try Self.text(stage, function))
    let golden = GoldenFile(Self.root + "/" + file, name: file)
    if let difference = try golden.difference(from: observed) { Issue.record("\(difference)") }
  }

  /// Of LLVM's IR a few kernels: the shortest of each of some kinds, but those that only hand streams to a shared one.
  @Test func llvm() throws {
    let whole = try Self.text(.llvm, "loss_and_grads")
    let functions = Self.functions(whole).filter { !$0.text.contains(".shared") || $0.name.contains(".shared") }
    var observed = whole.split(separator: "\n").filter { $0.hasPrefix("target ") }.joined(separator: "\n") + "\n"
    for kind in ["matmul", "gather", "argsort", "reduce_sum", "gelu"] {
      let named = functions.filter { $0.name.contains(kind) }
      guard let kernel = named.min(by: { $0.text.utf8.count < $1.text.utf8.count }) else {
        Issue.record("no kernel of the kind \(kind)")
        continue
      }
      if !observed.contains(kernel.text) { observed += "\n" + kernel.text }
    }
    let golden = GoldenFile(Self.root + "/5.kernels.ll", name: "5.kernels.ll")
    if let difference = try golden.difference(from: observed) { Issue.record("\(difference)") }
  }

  /// The definitions in a module's text.
  private static func functions(_ text: String) -> [(name: Substring, text: String)] {
    var result: [(name: Substring, text: String)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("define ") {
        result.append((line.drop { $0 != "@" }.prefix { $0 != "(" }, String(line) + "\n"))
      } else if let last = result.indices.last, !result[last].text.hasSuffix("\n}\n") {
        result[last].text += line + "\n"
      }
    }
    return result
  }

  /// `loc("layer" Models/MRM.swift:88)` as `loc("layer")`: a line more in a model's source changes no golden.
  private static func withoutSourceLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.hasSuffix(")"), let quote = line.lastIndex(of: "\""), line.contains("loc(\"") else { return line }
      return line[...quote] + ")"
    }.joined(separator: "\n")
  }
}
