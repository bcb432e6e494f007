import ArgumentParser
import Support

/// `info`: what the program was built from, and what it finds on this machine.
struct InfoCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "info", abstract: "Show model, options, target, hashes and memory plan.",
      discussion: """
        Examples:
          \(ProgramCommands.programName) info
          \(ProgramCommands.programName) info --kernels
          \(ProgramCommands.programName) info --json
        """)
  }

  @Flag(help: "One JSON object on stdout.")
  var json = false
  @Flag(help: "List the kernels too, in the order they run.")
  var kernels = false

  var needsProcessor: Bool { false }

  func run(_ image: ProgramImage) throws(Diagnostic) -> Support.ExitCode {
    let info = try ProgramInfo(image)
    if json {
      let members = (info.json.members ?? []) + (kernels ? [JSONMember("kernels", KernelList(image).json)] : [])
      StandardStream.out.write(JSON.object(members).pretty)
    } else {
      StandardStream.out.write(info.text + (kernels ? KernelList(image).text : ""))
    }
    if let warning = CPUCheck.blasWarning { StandardStream.error.line("warning: " + warning) }
    return .success
  }
}

/// The facts `info` shows.
struct ProgramInfo {
  private let image: ProgramImage
  /// The memory plan of each command, by name.
  private var plans: [(name: String, plan: MemoryPlan)] = []
  private var fixedCosts: FixedCosts?

  init(_ image: ProgramImage) throws(Diagnostic) {
    self.image = image
    let threads = ThreadPool.processors
    let commands: [(String, [String])] = [
      ("train", ["train_step"]), ("train --accumulate", ["accumulate", "apply"]), ("eval", ["evaluate"]),
    ]
    for (name, functions) in commands where functions.allSatisfy({ image.manifest.function($0) != nil }) {
      plans.append((name, try MemoryPlan(image, functions: functions, batches: 2, threads: threads)))
    }
    fixedCosts = plans.first.map { FixedCosts($0.plan, threads: threads) }
  }

  private var missingFeatures: [String] { CPUCheck.missing(of: image.manifest.cpuFeatures) }

  private func parameterCount(trainable: Bool) -> Int {
    image.manifest.parameters.filter { $0.isTrainable == trainable }.reduce(0) { $0 + $1.elementCount }
  }

  private func flops(_ function: String) -> Double {
    guard let code = image.functions[function]?.pointee else { return 0 }
    return (0..<Int(code.call_count)).reduce(0) { $0 + code.calls[$1].flops }
  }

  var json: JSON {
    let manifest = image.manifest
    let sizes = manifest.geometry
    return [
      "model": .string(manifest.model), "compiler": .string(manifest.compiler),
      "precision": .string(manifest.precision),
      "optimization": .integer(manifest.optimization), "batch": .integer(manifest.batch),
      "ir_hash": .string(manifest.irHash), "target_cpu": .string(manifest.targetCPU),
      "cpu_features": .array(manifest.cpuFeatures.map { .string($0) }),
      "options": .object(manifest.options.map { JSONMember($0.key, .string($0.value)) }),
      "build_flags": .array(manifest.buildFlags.map { .string($0) }),
      "geometry": [
        "image_size": .integer(sizes.imageSize), "channels": .integer(sizes.channels),
        "low_patch": .integer(sizes.lowPatch), "high_patch": .integer(sizes.highPatch),
        "patches": .integer(sizes.patches), "visible": .integer(sizes.visible), "tokens": .integer(sizes.tokens),
        "vocabulary": .integer(sizes.vocabulary),
      ],
      "parameters": .integer(parameterCount(trainable: true)),
      "fixed_parameters": .integer(parameterCount(trainable: false)),
      "functions": .array(
        manifest.functions.map { function in
          let code = image.functions[function.name]?.pointee
          return [
            "name": .string(function.name), "kernels": .integer(Int(code?.call_count ?? 0)),
            "flops": .number(flops(function.name)), "arena_bytes": .integer(Int(code?.arena_bytes ?? 0)),
          ]
        }),
      "memory": .object(
        plans.map { name, plan in
          JSONMember(
            name,
            .object(
              [JSONMember("planned_bytes", .integer(plan.totalBytes))]
                + plan.categories.map { JSONMember($0.name.replacingSpaces, .integer($0.bytes)) }))
        }),
      "product_buffer_bytes": .integer(fixedCosts?.productBytes ?? 0),
      "ir_stages": .array(image.stages.map { .string($0.name) }),
      "machine": [
        "cpu": .string(CPUCheck.model()), "processors": .integer(ThreadPool.processors),
        "openblas_core": .string(CPUCheck.blasCore),
        "missing_features": .array(missingFeatures.map { .string($0) }),
      ],
    ]
  }

  var text: String {
    let manifest = image.manifest
    let sizes = manifest.geometry
    var lines: [String] = []
    func add(_ name: String, _ value: String) { lines.append(name.padded(16) + value) }
    let build = "batch \(manifest.batch), -O\(manifest.optimization), \(manifest.compiler)"
    add("model", "\(manifest.model), \(manifest.precision), \(build)")
    add("parameters", "\(parameterCount(trainable: true)) trained, \(parameterCount(trainable: false)) fixed")
    add(
      "images",
      "\(sizes.imageSize)² × \(sizes.channels), \(sizes.patches) patches, \(sizes.visible) visible")
    add("reports", "\(sizes.tokens) tokens of \(sizes.vocabulary)")
    add("options", manifest.options.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    add("build flags", manifest.buildFlags.isEmpty ? "none" : manifest.buildFlags.joined(separator: " "))
    add("IR hash", manifest.irHash)
    add("target", "\(manifest.targetCPU): \(manifest.cpuFeatures.joined(separator: " "))")
    for function in manifest.functions {
      let code = image.functions[function.name]?.pointee
      add(
        function.name,
        "\(code?.call_count ?? 0) kernels, \((flops(function.name) * 1e-9).fixed(2)) GFLOP, temporaries "
          + byteText(Int(code?.arena_bytes ?? 0)))
    }
    for (name, plan) in plans { lines.append("\(name): \(plan.text)") }
    if let fixedCosts { lines.append(fixedCosts.text) }
    add("IR stages", image.stages.map(\.name).joined(separator: " "))
    add("this machine", "\(CPUCheck.model()), \(ThreadPool.processors) processors, OpenBLAS \(CPUCheck.blasCore)")
    if !missingFeatures.isEmpty { add("lacks", missingFeatures.joined(separator: " ")) }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  fileprivate var replacingSpaces: String { String(map { $0 == " " ? "_" : $0 }) }
}
