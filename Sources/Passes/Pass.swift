import Support
import TensorIR

/// One step from function to function that keeps the function's meaning.
public struct Pass: Sendable {
  /// How the command line, remarks and dumps call it.
  public let name: String
  /// What it does, in one line.
  public let summary: String
  /// The lowest `-O` level at which the usual pipeline runs it.
  public let level: Int
  /// The arguments it takes in a textual pipeline, as `name{argument=1}`, with their defaults.
  public let parameters: [Parameter]
  public let run: @Sendable (Function, inout PassContext) throws(Diagnostic) -> Function

  /// A number that `name{parameter=1}` sets.
  public struct Parameter: Hashable, Sendable {
    public let name: String
    public let summary: String
    public let initial: Int

    public init(_ name: String, _ summary: String, initial: Int) {
      self.name = name
      self.summary = summary
      self.initial = initial
    }
  }

  public init(
    name: String, summary: String, level: Int, parameters: [Parameter] = [],
    run: @escaping @Sendable (Function, inout PassContext) throws(Diagnostic) -> Function
  ) {
    self.name = name
    self.summary = summary
    self.level = level
    self.parameters = parameters
    self.run = run
  }
}
