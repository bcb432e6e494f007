/// Elements one after the other, which tensors are views of.
struct TorchStorage: Hashable {
  let key: String
  let type: TorchType
  /// Elements.
  let count: Int
  /// Where in the stored elements it begins, for one that is a part of another.
  let start: Int
}
