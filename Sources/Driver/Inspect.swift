import BufferIR
import IRText
import LLVMKit
import Models
import Passes

/// `mrmc inspect`: what a model compiles to, or what a program was built from.
public struct Inspect {
  public var options: BuildOptions
  public var json: Bool
  /// Where a picture of the temporary memory over time goes.
  public var memoryPicture: String?
  /// The function of the picture; nil: `train_step`, or the one that takes most.
  public var function: String?

  public init(_ options: BuildOptions, json: Bool) {
    self.options = options
    self.json = json
  }

  /// Shows it on standard output; returns the exit code.
  public func run() throws(Diagnostic) -> ExitCode {
    try refuseTwoResults()
    if try isProgram(options.model) {
      if let flag = options.dryRun ? "--dry-run" : options.commandLine.first {
        throw Diagnostic(.usage, "\(flag) is of models: \(options.model) is a program")
      }
      return try inspectProgram()
    }
    let compilation = try Compilation(options)
    let functions = try compilation.functions(compilation.functionNames)
    if options.dryRun {
      try DryRun.show(compilation, functions)
      return .success
    }
    var module = compilation.module
    module.functions = functions
    var unread: [String: Double] = [:]
    let fused = try compilation.optimized(module) { event in
      if event.pass.name == Pass.rowDemand.name { unread[event.after.name] = Pass.flopsSaved(event) }
    }
    let programs = try compilation.lowered(fused)
    let report = try InspectReport(
      compilation, programs, irHash: StableHash.hex(of: Printer().text(fused)), rowDemandSavings: unread)
    try drawMemory(programs, model: compilation.modelName)
    StandardStream.out.write(json ? report.json.pretty : report.text)
    try compilation.finish()
    return .success
  }

  /// Standard output holds one thing: the report.
  private func refuseTwoResults() throws(Diagnostic) {
    if let memoryPicture, AtomicFile.isStandardOutput(memoryPicture) {
      throw Diagnostic(.usage, "--memory-svg \(memoryPicture): the report goes to standard output; name a file")
    }
    if json && options.dryRun { throw Diagnostic(.usage, "--dry-run gives text alone: leave --json out") }
  }

  private func isProgram(_ path: String) throws(Diagnostic) -> Bool {
    guard path.contains("/") || fileKind(path) == .file, !path.hasSuffix(".tir"), !path.hasSuffix(".swift") else {
      return false
    }
    guard try readFile(path).starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      throw Diagnostic(
        .badData, at: SourceLocation(file: path), "is neither a program built by mrmc nor a .tir or .swift file")
    }
    return true
  }

  private func inspectProgram() throws(Diagnostic) -> ExitCode {
    let path = options.model.contains("/") ? options.model : "./" + options.model
    let marker = Array("\"compiler\":\"mrmc ".utf8)
    let bytes = try readFile(path)
    guard bytes.contains(sequence: marker) else {
      throw Diagnostic(.badData, at: SourceLocation(file: path), "is not a program built by mrmc")
    }
    guard !bytes.isObject else {
      throw Diagnostic(
        .badData, at: SourceLocation(file: path), "is an object, expected a program",
        notes: ["build one with mrmc build MODEL -o PROGRAM"])
    }
    if memoryPicture != nil { try drawMemory(ofProgram: path) }
    let outcome = try Toolchain.run(path, ["info", "--kernels"] + (json ? ["--json"] : []))
    return ExitCode(rawValue: outcome.status) ?? .failure
  }

  private func drawMemory(_ programs: [Program], model: String) throws(Diagnostic) {
    guard let memoryPicture else { return }
    let program: Program?
    if let function {
      program = programs.first { $0.name == function }
    } else {
      let largest = programs.max { $0.plan.arenaBytes < $1.plan.arenaBytes }
      program = programs.first { $0.name == ProgramDescription.FunctionName.step } ?? largest
    }
    guard let program else {
      throw Diagnostic(
        .usage, "--function \(function ?? ""): there is no such function",
        notes: ["it has: " + programs.map(\.name).joined(separator: ", ")])
    }
    try writeText(ArenaPicture(program, model: model).svg, to: memoryPicture)
  }

  /// The plan of a program, from the IR it carries.
  private func drawMemory(ofProgram path: String) throws(Diagnostic) {
    let info = try JSON.parse(try Toolchain.output(path, ["info", "--json"]), file: path)
    let module = try Module(parsing: try Toolchain.output(path, ["ir", "--stage", "fused"]), file: path)
    var options = options
    options.optimization = info["optimization"]?.intValue ?? options.optimization
    options.takeKernels(from: info["build_flags"]?.elements?.compactMap(\.stringValue) ?? [])
    if options.targetCPU == "native", info["target_cpu"]?.stringValue != Target.host().cpu {
      throw Diagnostic(
        .usage,
        "--memory-svg: \(path) was built for the processor of another machine (\(info["target_cpu"]?.stringValue ?? "unknown"))",
        notes: ["draw it there, or build with --target-cpu x86-64-v3 or another level"])
    }
    let compilation = try Compilation(options, module: module)
    try drawMemory(try compilation.lowered(module), model: info["model"]?.stringValue ?? module.name)
  }
}

extension [UInt8] {
  /// Whether they are an ELF file that is yet to be linked: type 1.
  fileprivate var isObject: Bool { count > 17 && self[16] == 1 && self[17] == 0 }

  /// Whether the bytes occur somewhere.
  func contains(sequence: [UInt8]) -> Bool {
    let limit = count - sequence.count
    guard limit >= 0 else { return false }
    return withUnsafeBufferPointer { bytes in
      var index = 0
      while index <= limit {
        if bytes[index] == sequence[0], sequence.indices.allSatisfy({ bytes[index + $0] == sequence[$0] }) {
          return true
        }
        index += 1
      }
      return false
    }
  }
}
