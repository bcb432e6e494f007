import CRuntime
import Support

/// A compiled training program: its manifest, its functions and the IR it came from. Embedded in a linked program, or
/// put together from functions the JIT compiled; the memory behind the pointers outlives it.
public struct ProgramImage: @unchecked Sendable {
  /// One stage of the IR, as text.
  public struct Stage: Sendable, Hashable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  public var manifest: Manifest
  /// The compiled code by function name.
  public var functions: [String: UnsafePointer<mrm_function>]
  public var stages: [Stage]

  public init(manifest: Manifest, functions: [String: UnsafePointer<mrm_function>], stages: [Stage]) {
    self.manifest = manifest
    self.functions = functions
    self.stages = stages
  }

  /// Reads the tables a linked program holds. A manifest that cannot be read is `badData`.
  public init(_ image: UnsafePointer<mrm_program>) throws(Diagnostic) {
    manifest = try Manifest(json: String(cString: image.pointee.manifest))
    functions = [:]
    var next = image.pointee.functions!
    while let function = next.pointee {
      functions[String(cString: function.pointee.name)] = function
      next += 1
    }
    stages = (0..<Int(image.pointee.ir_count)).map {
      Stage(name: String(cString: image.pointee.ir_names[$0]!), text: String(cString: image.pointee.ir_texts[$0]!))
    }
  }
}
