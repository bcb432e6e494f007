import Support
import TensorIR

extension OpTable {
  /// Every combination of transposes for each size, with and without batch axes.
  static let products: [OpRow] = [
    ([], 3, 4, 5), ([], 1, 1, 1), ([], 1, 7, 2), ([], 6, 1, 3), ([], 5, 9, 1), ([], 19, 33, 17), ([2], 3, 4, 5),
    ([2, 3], 4, 2, 3), ([3, 1], 1, 5, 4),
  ].flatMap { (batch: [Int], m: Int, k: Int, n: Int) in
    [(false, false), (false, true), (true, false), (true, true)].map { (transposeA: Bool, transposeB: Bool) in
      let flags = (transposeA ? " transpose_a" : "") + (transposeB ? " transpose_b" : "")
      return OpRow(
        "matmul \(batch) \(m)x\(k)x\(n)\(flags)",
        [
          HarnessInput(batch + (transposeA ? [k, m] : [m, k])),
          HarnessInput(batch + (transposeB ? [n, k] : [k, n])),
        ]
      ) { (b, x) throws(Diagnostic) in
        [try b.matmul(x[0], x[1], transposeA: transposeA, transposeB: transposeB)]
      }
    }
  }

  /// Products of bf16 whose sums stay f32. Both inputs are arguments, so that their gradients are wide products too.
  static let wideProducts: [OpRow] = [([], 3, 4, 5), ([], 1, 1, 1), ([], 19, 33, 17), ([2], 3, 4, 5)].flatMap {
    (batch: [Int], m: Int, k: Int, n: Int) in
    [(false, false), (false, true), (true, false), (true, true)].map { (transposeA: Bool, transposeB: Bool) in
      let flags = (transposeA ? " transpose_a" : "") + (transposeB ? " transpose_b" : "")
      return OpRow(
        "matmul wide \(batch) \(m)x\(k)x\(n)\(flags)",
        [
          HarnessInput(batch + (transposeA ? [k, m] : [m, k])),
          HarnessInput(batch + (transposeB ? [n, k] : [k, n])),
        ]
      ) { (b, x) throws(Diagnostic) in
        let narrow = [try b.convert(x[0], to: .bf16), try b.convert(x[1], to: .bf16)]
        return [try b.add(.matmul(Matmul(transposeA: transposeA, transposeB: transposeB, wide: true)), narrow)]
      }
    }
  }

  /// A product of bf16 that is rounded to bf16; with one term, so that its rounding is exact in any order of summing.
  static let narrowProducts: [OpRow] = [
    OpRow("matmul bf16 7x1x5", [HarnessInput([7, 1]), HarnessInput([1, 5])]) { (b, x) throws(Diagnostic) in
      [try b.convert(try b.matmul(try b.convert(x[0], to: .bf16), try b.convert(x[1], to: .bf16)), to: .f32)]
    }
  ]
}
