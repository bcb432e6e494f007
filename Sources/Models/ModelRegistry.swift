@_exported import Frontend

/// A model that can be named on the command line: one size of a family.
public struct Model: Sendable {
  /// As `mrmc models` lists it, such as `mrm-vit-b16`.
  public let name: String
  /// One line for people.
  public let summary: String
  /// The module for these options; `usage` if an option is unknown or out of range.
  public let build: @Sendable (ModelOptions) throws(Diagnostic) -> Module
}

/// The models there are.
public enum ModelRegistry {
  /// All, family by family, smallest first.
  public static let all: [Model] = MRM.models + Classifier.models

  /// The model of that name; `usage` if there is none.
  public static func model(named name: String) throws(Diagnostic) -> Model {
    if let model = all.first(where: { $0.name == name }) { return model }
    throw Diagnostic(
      .usage, "there is no model '\(name)'",
      notes: ["models: " + all.map(\.name).joined(separator: ", "), "or name a .swift or .tir file"])
  }
}
