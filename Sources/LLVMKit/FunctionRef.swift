internal import CLLVM

/// A function of a module: declared or defined.
public struct FunctionRef: Equatable {
  let ref: OpaquePointer
  public let name: String

  init(_ ref: OpaquePointer, name: String) {
    self.ref = ref
    self.name = name
  }

  var type: OpaquePointer { LLVMGlobalGetValueType(ref) }

  /// The function's address, for tables of functions.
  public var address: Value { Value(ref) }

  public var parameterCount: Int { Int(LLVMCountParams(ref)) }

  /// The parameter at `index`, counted from 0.
  public func parameter(_ index: Int) -> Value {
    precondition(index < parameterCount, "\(name) has \(parameterCount) parameters, not \(index + 1)")
    return Value(LLVMGetParam(ref, UInt32(index)))
  }

  public var parameters: [Value] { (0..<parameterCount).map { parameter($0) } }

  /// The instructions of its body as it stands.
  public var instructionCount: Int {
    var count = 0
    var block = LLVMGetFirstBasicBlock(ref)
    while let current = block {
      var instruction = LLVMGetFirstInstruction(current)
      while let item = instruction {
        count += 1
        instruction = LLVMGetNextInstruction(item)
      }
      block = LLVMGetNextBasicBlock(current)
    }
    return count
  }
}
