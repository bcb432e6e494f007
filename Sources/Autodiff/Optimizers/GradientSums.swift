/// The state that gradients of micro-batches are added up in.
enum GradientSums {
  static let slot = "grad_sum"
}
