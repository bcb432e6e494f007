/// A straight run of instructions inside a function.
public struct BasicBlock: Equatable {
  let ref: OpaquePointer
}
