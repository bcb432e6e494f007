import TensorIR

extension Program {
  /// The arguments and results, as a training program knows them.
  public var signature: ProgramDescription.Function {
    ProgramDescription.Function(
      name: name, inputs: inputs.map { ProgramDescription.Input($0.name, $0.type, role: $0.role) }, outputs: outputs)
  }
}
