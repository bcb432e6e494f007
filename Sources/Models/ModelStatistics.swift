import Frontend

/// What `mrmc models` says of a model.
public struct ModelStatistics: Hashable, Sendable {
  /// Numbers that training changes.
  public var trainableParameters: Int
  /// Numbers of fixed tables.
  public var fixedParameters: Int
  /// Floating-point operations of forward and backward for one record: three times those of `@loss`, over the batch.
  public var flopsPerRecord: Double

  /// Of any module; one without a `batch` attribute is taken to hold one record, one without `@loss` to train nothing.
  public init(_ module: Module) {
    trainableParameters = 0
    fixedParameters = 0
    flopsPerRecord = 0
    guard let loss = module.function(named: "loss") else { return }
    for argument in loss.arguments {
      guard let role = argument.role.parameter else { continue }
      if role.isTrainable { trainableParameters += argument.type.count } else { fixedParameters += argument.type.count }
    }
    var batch = 1
    if case .integer(let size)? = module.attribute("batch") { batch = size }
    flopsPerRecord = 3 * Cost.flops(loss) / Double(batch)
  }
}
