/// What the model was built from, and its functions.
public struct Module: Hashable, Sendable {
  public var name: String
  /// Resolved model options and geometry, in order; strings, numbers and lists.
  public var attributes: [Attribute] = []
  /// What the model is trained for; nil for a graph that is no model to train.
  public var task: Task?
  public var functions: [Function] = []

  public init(name: String) { self.name = name }

  public func function(named name: String) -> Function? { functions.first { $0.name == name } }

  /// Replaces the function of that name, or adds it.
  public mutating func set(_ function: Function) {
    if let index = functions.firstIndex(where: { $0.name == function.name }) {
      functions[index] = function
    } else {
      functions.append(function)
    }
  }

  public func attribute(_ name: String) -> AttributeValue? { attributes.first { $0.name == name }?.value }
}
