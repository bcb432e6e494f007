import BufferIR
import Interpreter
import JITHarness
import LLVMKit
import Support
import TensorIR

/// One function compiled in many ways, in one compilation in which equal kernels are shared, against the interpreter.
public enum VariantComparison {
  /// What went wrong with each variant that did.
  public static func faults(
    of function: Function, inputs: [HostTensor], _ variants: [GraphVariant], level: OptimizationLevel = .none
  ) throws(Diagnostic) -> [String] {
    var counts: [String: Int] = [:]
    var renamed: [Function] = []
    for index in variants.indices {
      var copy = function
      copy.name = "\(function.name).\(index)"
      renamed.append(copy)
    }
    var programs: [Program] = []
    for (variant, copy) in zip(variants, renamed) {
      programs.append(try variant.lowered(copy, counting: &counts))
    }
    let truth = try GraphTruth(function, inputs)
    var faults: [String] = []
    for (variant, compiled) in zip(variants, try CompiledProgram.compile(programs, level: level)) {
      let run = compiled.run(inputs, threads: variant.threads, inPlace: variant.inPlace)
      let fault: String?
      if let damage = run.damage.first { fault = damage } else { fault = try truth.fault(of: run.outputs) }
      if let fault { faults.append("\(variant): \(fault)") }
    }
    return faults
  }
}
