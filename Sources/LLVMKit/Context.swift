internal import CLLVM

/// Owns one LLVM context. Types, constants and modules of different contexts never meet, so each may have its own
/// thread.
struct Context: ~Copyable {
  let ref: OpaquePointer

  init() {
    ref = LLVMContextCreate()
  }

  deinit {
    LLVMContextDispose(ref)
  }
}
