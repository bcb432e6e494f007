/// A value of a pickle, as far as weights need it. What holds other values stands in a `PickleHeap`, so that no nesting,
/// however deep, is followed by a call within a call.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits: its bytes, the lowest first.
  case long([UInt8])
  case text(String)
  /// A name that weights may ask for.
  case global(TorchGlobal)
  /// A list or a tuple, by its place in the heap.
  case sequence(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)
  /// Anything that is read past: numbers, bytes, settings.
  case other
}
