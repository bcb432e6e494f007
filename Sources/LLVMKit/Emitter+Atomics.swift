internal import CLLVM

/// Memory that several threads change at once.
extension Emitter {
  /// Loads an integer; what the thread that stored it had stored before is visible from here on (acquire).
  public func loadAtomic(_ type: Type, _ address: Value) -> Value {
    let value = load(type, address)
    LLVMSetOrdering(value.ref, LLVMAtomicOrderingAcquire)
    return value
  }

  /// Stores an integer, after all that the thread has stored before (release).
  public func storeAtomic(_ value: Value, _ address: Value) {
    let store = Value(LLVMBuildStore(builder, value.ref, address.ref))
    store.align(value.type.elementBits / 8)
    LLVMSetOrdering(store.ref, LLVMAtomicOrderingRelease)
  }

  /// Adds to an integer in memory and gives what it was before, ordered with what comes before and after (acquire, release).
  public func addAtomic(_ value: Value, _ address: Value) -> Value {
    Value(
      LLVMBuildAtomicRMW(
        builder, LLVMAtomicRMWBinOpAdd, address.ref, value.ref, LLVMAtomicOrderingAcquireRelease, 0))
  }
}
