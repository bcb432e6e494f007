import Interpreter

/// How far a tensor is from what it should be.
package struct Difference: CustomStringConvertible {
  /// The largest difference of an element, relative to the largest magnitude expected (or to 10⁻⁴, if that is larger, so
  /// that rounding around a tensor of zeros does not count); infinite where one is not finite and the other is.
  package private(set) var relative = 0.0
  private var index = 0
  private var found = 0.0
  private var expected = 0.0

  /// Differences up to `noise` do not count; with `rounded`, nor those of neighbouring values of bf16, which a tie may fall to.
  package init(_ found: HostTensor, _ expected: HostTensor, noise: Double = 0, rounded: Bool = false) {
    let (a, b) = (found.reals, expected.reals)
    let scale = max(b.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }, 1e-4)
    for index in a.indices where a[index] != b[index] && !(a[index].isNaN && b[index].isNaN) {
      let step = rounded ? max(abs(a[index]), abs(b[index])) * 0x1p-7 : 0
      let distance = abs(a[index] - b[index])
      let difference = distance.isFinite ? max(distance - step - noise, 0) / scale : .infinity
      if difference > relative {
        relative = difference
        self.index = index
        self.found = a[index]
        self.expected = b[index]
      }
    }
  }

  package var description: String {
    "element \(index) is \(found.significant(9)), expected \(expected.significant(9)) "
      + "(relative to the tensor's largest: \(relative.significant(3)))"
  }
}
