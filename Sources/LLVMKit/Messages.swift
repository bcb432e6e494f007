internal import CLLVM
import Support

/// Copies a message LLVM allocated and frees it.
func takeMessage(_ message: UnsafeMutablePointer<CChar>?) -> String {
  guard let message else { return "" }
  defer { LLVMDisposeMessage(message) }
  return String(cString: message)
}

/// Throws `.compilerBug` with the error's text; consumes the error.
func check(_ error: LLVMErrorRef?, _ what: String) throws(Diagnostic) {
  guard let error else { return }
  let text = LLVMGetErrorMessage(error)
  let message = text.map { String(cString: $0) } ?? ""
  LLVMDisposeErrorMessage(text)
  throw Diagnostic(.compilerBug, "\(what): \(message)")
}

/// Calls `body` with the handles of the values as the mutable array LLVM's interface asks for.
func withHandles<R>(_ handles: [OpaquePointer], _ body: (UnsafeMutablePointer<OpaquePointer?>?, UInt32) -> R) -> R {
  var copy: [OpaquePointer?] = handles
  return copy.withUnsafeMutableBufferPointer { body($0.baseAddress, UInt32($0.count)) }
}
