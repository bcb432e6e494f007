/// A view of a storage: element i₀, i₁, … is at offset + Σ iₖ · stridesₖ.
struct TorchTensor {
  /// By its place in the heap.
  let storage: Int
  let offset: Int
  let shape: [Int]
  let strides: [Int]

  /// How many elements from the first of the storage to the last that the view has; nil where the numbers are no view.
  var reach: Int? {
    guard shape.count == strides.count, shape.count <= 64, offset >= 0 else { return nil }
    guard zip(shape, strides).allSatisfy({ $0 >= 0 && $1 >= 0 }) else { return nil }
    if shape.contains(0) { return 0 }
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (step, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(step)
      if overflow || carry { return nil }
      last = sum
    }
    return last == .max ? nil : last + 1
  }

  /// Whether the elements lie one after the other, row-major.
  var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != expected { return false }
      expected *= size
    }
    return true
  }
}
