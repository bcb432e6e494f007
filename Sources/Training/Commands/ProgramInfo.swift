import CRuntime
import Execution

/// The facts `info` shows.
struct ProgramInfo {
  private let image: ProgramImage
  /// The memory plan of each command, by name.
  private var plans: [(name: String, plan: MemoryPlan)] = []
  private var fixedCosts: FixedCosts?

  init(_ image: ProgramImage) throws(Diagnostic) {
    self.image = image
    let threads = ThreadPool.processors
    let program = image.description
    let commands: [(String, [String], [String])] = [
      ("train", StepFunctions.names(accumulate: 1), []),
      ("train --accumulate", StepFunctions.names(accumulate: 2), []),
      ("eval", [ProgramDescription.FunctionName.evaluate], program.metricFeeds),
      ("predict", [ProgramDescription.FunctionName.predict], []),
    ]
    for (name, functions, others) in commands where functions.allSatisfy({ program.function($0) != nil }) {
      let parts = program.feeds(of: functions, and: others).flatMap { $0.parts(batch: program.batch) }
      plans.append((name, try image.memoryPlan(functions, parts: parts, batches: 2, threads: threads)))
    }
    fixedCosts = plans.first.map { FixedCosts($0.plan, threads: threads) }
  }

  private var missingFeatures: [String] { CPUCheck.missing(of: image.description.cpuFeatures) }

  private func parameterCount(trainable: Bool) -> Int {
    image.description.parameters.filter { $0.role.isTrainable == trainable }.reduce(0) { $0 + $1.type.count }
  }

  private func flops(_ function: String) -> Double {
    guard let code = image.functions[function]?.pointee else { return 0 }
    return (0..<Int(code.call_count)).reduce(0) { $0 + code.calls[$1].flops }
  }

  var json: JSON {
    let program = image.description
    return [
      "model": .string(program.model), "compiler": .string(program.compiler),
      "precision": .string(program.precision),
      "optimization": .integer(program.optimization), "batch": .integer(program.batch),
      "ir_hash": .string(program.irHash), "target_cpu": .string(program.targetCPU),
      "cpu_features": .array(program.cpuFeatures.map { .string($0) }),
      "options": .object(program.options.map { JSONMember($0.key, .string($0.value)) }),
      "build_flags": .array(program.buildFlags.map { .string($0) }),
      "task": .string(program.task.summary), "feeds": .array(program.task.feeds.map(\.json)),
      "metrics": .array(program.task.metrics.map(\.json)),
      "hyperparameters": .object(program.hyperparameters.map { JSONMember($0.name, .number($0.value)) }),
      "parameters": .integer(parameterCount(trainable: true)),
      "fixed_parameters": .integer(parameterCount(trainable: false)),
      "functions": .array(
        program.functions.map { function in
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
    let program = image.description
    var lines: [String] = []
    func add(_ name: String, _ value: String) { lines.append(paddedRight(name, max(16, name.count + 1)) + value) }
    let build = "batch \(program.batch), -O\(program.optimization), \(program.compiler)"
    add("model", "\(program.model), \(program.precision), \(build)")
    add("parameters", "\(parameterCount(trainable: true)) trained, \(parameterCount(trainable: false)) fixed")
    add("task", program.task.summary)
    for feed in program.task.feeds { add(feed.name, feed.summary) }
    if !program.task.metrics.isEmpty { add("metrics", program.task.metrics.map(\.name).joined(separator: ", ")) }
    if !program.hyperparameters.isEmpty {
      add(
        "step's numbers", program.hyperparameters.map { "\($0.flag) \($0.value.significant(6))" }.joined(separator: " ")
      )
    }
    add("options", program.options.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    add("build flags", program.buildFlags.isEmpty ? "none" : program.buildFlags.joined(separator: " "))
    add("IR hash", program.irHash)
    add("target", "\(program.targetCPU): \(program.cpuFeatures.joined(separator: " "))")
    for function in program.functions {
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
