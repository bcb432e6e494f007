/// Product of the last two axes, `[…,M,K] × […,K,N] → […,M,N]`; the axes before them are equal batch axes. A transposed
/// operand is read as `[…,K,M]` or `[…,N,K]`.
public func matmul(
  _ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false, file: String = #fileID,
  line: Int = #line
) -> Tensor {
  a.graph.emit(
    .matmul(Matmul(transposeA: transposeA, transposeB: transposeB)), [a, b], at: SourceSite(file: file, line: line))
}
