import CRuntime
import Execution
import LLVMKit

/// Objects loaded into this process by the JIT; functions stay valid as long as it lives.
final class LoadedCode {
  private let jit: JIT
  let image: UnsafePointer<mrm_program>

  /// `failure` when the target is a processor that can do more than this one.
  init(_ objects: [[UInt8]], for target: Target) throws(Diagnostic) {
    try CPUCheck.require(
      target.requiredCPUFlags, of: target.cpu, by: "this code",
      remedy: "leave --target-cpu out, or put emulated- before an AVX-512 level; mrmc build is for other machines too")
    jit = try JIT()
    for object in objects { try jit.add(object: object) }
    image = try jit.symbol("mrm_program_data").assumingMemoryBound(to: mrm_program.self)
  }

  /// The code of a function that was compiled into the objects.
  func function(_ name: String) throws(Diagnostic) -> UnsafePointer<mrm_function> {
    var next = image.pointee.functions!
    while let function = next.pointee {
      if String(cString: function.pointee.name) == name { return function }
      next += 1
    }
    throw Diagnostic(.compilerBug, "the compiled code lacks @\(name)")
  }
}
