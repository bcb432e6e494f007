/// What the matrix products of a training program compute in; parameters and reductions stay f32.
public enum Precision: String, Sendable, Hashable, CaseIterable {
  case f32, bf16
}
