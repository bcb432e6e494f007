import Autodiff
import Models

/// A kernel's functions before any pass: forward and gradients in one, as a training step has them.
struct KernelGraph {
  /// Its only function is what is measured.
  let module: Module
  /// The results of the forward part; none if the function is measured as it is.
  let forwardResults: [String]

  /// What its products are computed in: bf16 only where there are products with parameters, whose operands are narrowed.
  let precision: Precision

  private static let cotangent = "d."
  private static let objective = "objective"

  /// Builds the kernel at a shape; `usage` for sizes that do not fit together. An update has no forward part; its function
  /// is the optimiser's.
  init(_ kernel: BenchKernel, _ shape: KernelShape, _ options: BuildOptions) throws(Diagnostic) {
    var builder = try ModuleBuilder(kernel.name, try ModelOptions(batch: 1))
    do {
      try builder.function("loss") { graph in kernel.build(graph, shape) }
    } catch {
      throw Diagnostic(
        .usage, "--shape: \(kernel.name) cannot be made with \(shape.text): \(error.message)")
    }
    if shape.has("vocabulary") { builder.set("vocabulary", .integer(shape["vocabulary"])) }
    var module = builder.finish()
    if options.precision == .bf16 { module = try Compilation.narrowed(module, options, PhaseRecord(options)) }
    let forward = module.functions[0]
    precision = forward.hasValues(of: .bf16) ? .bf16 : .f32
    if kernel.isUpdate {
      let optimizer = try Optimizer.adamW().functions()
      let rule = try UpdateRule(optimizer.plain, decayed: optimizer.decayed)
      module.functions = [try TrainingFunctions(forward, rule).apply()]
      forwardResults = []
    } else {
      let wanted = forward.arguments.filter { $0.isTrainable || kernel.differentiated.contains($0.name) }.map(\.name)
      module.functions = [try Self.joint(forward, wanted)]
      forwardResults = kernel.isOnePass ? [] : forward.results.map(\.name)
    }
    self.module = module
  }

  /// The function's results, then the gradient of Σ result · d.result with respect to each of `wanted`, where d.result
  /// is a further argument (1 for a scalar).
  static func joint(_ forward: Function, _ wanted: [String]) throws(Diagnostic) -> Function {
    var function = Function(name: "kernel")
    var map: [ValueID?] = forward.arguments.map { function.addArgument($0) }
    map.append(contentsOf: [ValueID?](repeating: nil, count: forward.valueCount - map.count))
    var cotangents: [ValueID?] = []
    for result in forward.results {
      let type = forward.type(of: result.value)
      cotangents.append(type.rank == 0 ? nil : function.addArgument(Argument(cotangent + result.name, type)))
    }
    for node in forward.nodes {
      let values = function.addNode(
        node.op, node.operands.map { map[$0.index]! }, types: node.results.map { forward.type(of: $0) }, node.provenance
      )
      for (old, new) in zip(node.results, values) { map[old.index] = new }
    }
    function.results = forward.results.map { $0.moved(to: map[$0.value.index]!, alias: nil) }
    var b = Builder(function)
    var total: ValueID?
    for (result, cotangent) in zip(function.results, cotangents) {
      var term = result.value
      if let cotangent {
        let product = try b.binary(.mul, term, cotangent)
        term = try b.reduce(.sum, product, axes: Array(0..<b.shape(product).count))
      }
      total = if let sum = total { try b.binary(.add, sum, term) } else { term }
    }
    b.function.results.append(FunctionResult(objective, total!))
    var result = try Autodiff.gradients(of: b.function, loss: objective, withRespectTo: wanted)
    result.results.removeAll { $0.name == objective }
    return result
  }
}
