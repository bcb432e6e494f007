/// What LLVM's unroller is told about a loop.
public enum Unrolling: Sendable, Hashable {
  /// LLVM decides.
  case automatic
  /// Left as emitted.
  case never
  /// This many copies of the body per round.
  case times(Int)
  /// Every round written out (a constant number of rounds).
  case full
}
