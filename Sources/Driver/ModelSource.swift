import IRText
import Models

/// Where a MODEL on the command line comes from.
enum ModelSource {
  case registered(Model)
  /// A `.tir` file, or `-` for standard input.
  case text(String)
  /// A file in the DSL.
  case swift(String)

  /// Throws `usage`, listing the models there are, for a name that is none of these.
  init(_ name: String) throws(Diagnostic) {
    if name.hasSuffix(".tir") || name == "-" {
      self = .text(name)
    } else if name.hasSuffix(".swift") {
      self = .swift(name)
    } else {
      self = .registered(try ModelRegistry.model(named: name))
    }
  }

  /// Whether shapes are fixed by the file, so that no batch can be asked for.
  var hasFixedBatch: Bool {
    if case .text = self { return true }
    return false
  }

  /// The module for these options with `batch` records per step.
  func module(_ options: BuildOptions, batch: Int) throws(Diagnostic) -> Module {
    switch self {
    case .registered(let model):
      return try model.build(
        try ModelOptions(batch: batch, precision: options.precision, settings: try options.parsedSettings))
    case .swift(let path):
      return try SwiftModel.module(path, options, batch: batch)
    case .text(let path):
      let file = path == "-" ? "<stdin>" : path
      let module = try Module(parsing: try readTextFile(path), file: file)
      if let setting = options.settings.first {
        throw Diagnostic(
          .usage, at: SourceLocation(file: file), "--set \(setting): a .tir file has its options built in",
          notes: ["build the model again with the option, and print it with mrmc ir --stage graph"])
      }
      if let wanted = options.batch, module.attribute("batch") != .integer(wanted) {
        throw Diagnostic(
          .usage, at: SourceLocation(file: file), "--batch \(wanted): the shapes of a .tir file are fixed",
          notes: ["build the model again with the batch, and print it with mrmc ir --stage graph"])
      }
      return module
    }
  }
}
