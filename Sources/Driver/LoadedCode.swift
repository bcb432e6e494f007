import CRuntime
import LLVMKit
import TrainingRuntime

/// Objects loaded into this process by the JIT; functions stay valid as long as it lives.
final class LoadedCode {
  private let jit: JIT
  let image: UnsafePointer<mrm_program>

  init(_ objects: [[UInt8]]) throws(Diagnostic) {
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
