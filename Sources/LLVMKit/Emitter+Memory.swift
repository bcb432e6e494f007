internal import CLLVM

extension Emitter {
  /// The address of element `index` of an array of `element` at `base`. A vector of indices gives a vector of
  /// addresses.
  public func gep(_ element: Type, _ base: Value, _ index: Value) -> Value {
    Value(withHandles([index.ref]) { LLVMBuildInBoundsGEP2(builder, element.ref, base.ref, $0, $1, "") })
  }

  /// The address of element `index` of an array of `element` at `base`.
  public func gep(_ element: Type, _ base: Value, _ index: Int) -> Value {
    index == 0 ? base : gep(element, base, i64(index))
  }

  /// Loads a value. `alignment` is in bytes; nil takes the element's (vectors need not be aligned to their size).
  public func load(_ type: Type, _ address: Value, alignment: Int? = nil) -> Value {
    let value = Value(LLVMBuildLoad2(builder, type.ref, address.ref, ""))
    value.align(alignment ?? naturalAlignment(type))
    return value
  }

  /// Stores a value. `alignment` is in bytes; nil takes the element's.
  public func store(_ value: Value, _ address: Value, alignment: Int? = nil) {
    Value(LLVMBuildStore(builder, value.ref, address.ref)).align(alignment ?? naturalAlignment(value.type))
  }

  /// Stores past the caches: for results that nobody reads soon. The address must be aligned to the value's size. Other
  /// threads may read them after `fenceNonTemporal` and what publishes any other store.
  public func storeNonTemporal(_ value: Value, _ address: Value) {
    let store = LLVMBuildStore(builder, value.ref, address.ref)
    LLVMSetAlignment(store, UInt32(value.type.elementBits / 8 * value.lanes))
    var one: OpaquePointer? = LLVMValueAsMetadata(i32(1).ref)
    let node = LLVMMDNodeInContext2(module.context.ref, &one, 1)
    let kind = LLVMGetMDKindIDInContext(module.context.ref, "nontemporal", 11)
    LLVMSetMetadata(store, kind, LLVMMetadataAsValue(module.context.ref, node))
  }

  /// Orders what was stored past the caches before every later store.
  public func fenceNonTemporal() { intrinsic("llvm.x86.sse.sfence", [], []) }

  /// The lanes of the mask are loaded, the others take `passthrough` (zero by default); their memory is not touched.
  public func maskedLoad(
    _ type: Type, _ address: Value, mask: Value, passthrough: Value? = nil, alignment: Int? = nil
  ) -> Value {
    masked(type, passthrough) { type, passthrough in
      let align = i32(alignment ?? naturalAlignment(type))
      return intrinsic("llvm.masked.load", [type, ptr], [address, align, mask, passthrough])
    }
  }

  /// The lanes of the mask are stored; the memory of the others is not touched.
  public func maskedStore(_ value: Value, _ address: Value, mask: Value, alignment: Int? = nil) {
    let align = i32(alignment ?? naturalAlignment(value.type))
    let bits = bf16AsInteger(value)
    intrinsic("llvm.masked.store", [bits.type, ptr], [bits, address, align, mask])
  }

  /// One load per lane from a vector of addresses; lanes outside the mask take `passthrough` (zero by default).
  public func gather(_ type: Type, _ addresses: Value, mask: Value, passthrough: Value? = nil) -> Value {
    masked(type, passthrough) { type, passthrough in
      let align = i32(naturalAlignment(type))
      return intrinsic("llvm.masked.gather", [type, addresses.type], [addresses, align, mask, passthrough])
    }
  }

  /// One store per lane of the mask to a vector of addresses; of equal addresses the highest lane wins.
  public func scatter(_ value: Value, _ addresses: Value, mask: Value) {
    let align = i32(naturalAlignment(value.type))
    let bits = bf16AsInteger(value)
    intrinsic("llvm.masked.scatter", [bits.type, addresses.type], [bits, addresses, align, mask])
  }

  /// What `load` gives for a type. bf16 is loaded as integers: where LLVM writes a masked access out lane by lane, it moves a
  /// bf16 through f32, and calls a function of the compiler's runtime to round it back.
  private func masked(_ type: Type, _ passthrough: Value?, _ load: (Type, Value) -> Value) -> Value {
    let bits = type.element == bf16 ? type.asInteger : type
    let value = load(bits, passthrough.map(bf16AsInteger) ?? zero(bits))
    return bits == type ? value : bitcast(value, to: type)
  }

  private func bf16AsInteger(_ value: Value) -> Value {
    value.type.element == bf16 ? bitcast(value, to: value.type.asInteger) : value
  }

  /// A mask of the first `count` lanes (an integer; above `lanes` means all).
  public func laneMask(_ count: Value, lanes: Int) -> Value {
    icmp(.slt, iota(count.type, lanes), splat(count, lanes))
  }

  /// Stack memory of the function, `count` elements. Emit it in the entry block, outside loops.
  public func alloca(_ type: Type, count: Int = 1, alignment: Int = 64) -> Value {
    let value = Value(LLVMBuildArrayAlloca(builder, type.ref, i32(count).ref, ""))
    value.align(alignment)
    return value
  }

  /// Asks for the cache line at an address. `locality` runs from 0 (none) to 3 (keep in all caches).
  public func prefetch(_ address: Value, forWrite: Bool = false, locality: Int = 3) {
    intrinsic("llvm.prefetch", [ptr], [address, i32(forWrite ? 1 : 0), i32(locality), i32(1)])
  }

  /// Copies `bytes` (`i64`) between places that do not overlap.
  public func memcpy(_ destination: Value, _ source: Value, bytes: Value) {
    intrinsic("llvm.memcpy", [ptr, ptr, i64], [destination, source, bytes, bool(false)])
  }

  /// Sets `bytes` (`i64`) bytes to zero.
  public func memzero(_ destination: Value, bytes: Value) {
    intrinsic("llvm.memset", [ptr, i64], [destination, constant(i8, 0), bytes, bool(false)])
  }

  private func naturalAlignment(_ type: Type) -> Int { max(1, type.elementBits / 8) }
}
