/// What phantom pictures are like.
public enum PhantomStyle: String, Hashable, Sendable, CaseIterable {
  /// Grey, like a radiograph; findings from subtle to plain, and an exposure that varies by more than they change it.
  case radiograph
  /// Three energy channels, each exposed for itself; findings all plain.
  case energies
}
