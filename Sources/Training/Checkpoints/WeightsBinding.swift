import Interpolation
import TensorFiles

/// Which tensor of a file each parameter of a program gets.
struct WeightsBinding {
  /// Which parameters a file may lack, and what may be made to fit.
  enum Purpose {
    /// To measure or to go on: none but the fixed tables, and every shape is as it should be.
    case use
    /// To start training from: also branches of the task, each as a whole, and tensors of a branch that have another shape;
    /// position tables of another grid are interpolated.
    case start(positions: GridInterpolation)
  }

  /// Where a parameter's value comes from.
  enum Source {
    case tensor(String)
    /// A position table for another grid.
    case positions(String, PositionChange)
    /// Its initial value.
    case initial
  }

  let file: any TensorFile
  let program: ProgramDescription
  let prefix: TensorPrefix
  /// One for each of the program's parameters.
  private(set) var sources: [Source] = []
  /// What was made to fit, for people.
  private(set) var notes: [String] = []
  private var missing: [String] = []
  private var misshapen: [(name: String, found: String, expected: String)] = []

  /// `badData` naming every tensor that is missing, or one that is misshapen or of a type that is no floating-point number.
  init(_ file: any TensorFile, _ program: ProgramDescription, _ purpose: Purpose) throws(Diagnostic) {
    self.file = file
    self.program = program
    prefix = try TensorPrefix(file, known: Set(program.parameters.flatMap(\.names)))
    notes = prefix.note(file).map { [$0] } ?? []
    let absent = absentBranches(purpose)
    for parameter in program.parameters { sources.append(try source(parameter, purpose, absent)) }
    if !missing.isEmpty { throw missingError }
    if !misshapen.isEmpty {
      let shown = misshapen.prefix(4).map { "\"\($0.name)\" is \($0.found), expected \($0.expected)" }
      notes.append(
        "of another shape, so left out: " + shown.joined(separator: "; ") + (misshapen.count > 4 ? "; …" : ""))
    }
  }

  /// The name in the file of what a parameter may be called.
  func stored(_ name: String) -> String { prefix.text + name }

  /// Branches of which the file holds nothing, or nothing but parameters of another shape.
  private func absentBranches(_ purpose: Purpose) -> [Branch] {
    guard case .start = purpose else { return [] }
    let shapes = Dictionary(
      program.parameters.flatMap { parameter in parameter.names.map { ($0, parameter.type.shape) } },
      uniquingKeysWith: { first, _ in first })
    let held = file.tensors.compactMap { tensor -> String? in
      guard tensor.name.hasPrefix(prefix.text) else { return nil }
      let name = String(tensor.name.dropFirst(prefix.text.count))
      return shapes[name].map { $0 == tensor.shape } ?? true ? name : nil
    }
    return program.task.branches.filter { !held.contains(where: $0.holds) }
  }

  private mutating func source(
    _ parameter: ProgramDescription.Input, _ purpose: Purpose, _ absent: [Branch]
  ) throws(Diagnostic) -> Source {
    guard let name = parameter.names.map(stored).first(where: { file[$0] != nil }), let tensor = file[name] else {
      let mayLack = parameter.isFixedTable || absent.contains { $0.holds(parameter.name) }
      if !mayLack { missing.append(parameter.name) }
      return .initial
    }
    guard tensor.format != nil else {
      throw misfit(tensor, parameter, ["numbers of another kind are not converted: save it as F32"])
    }
    if tensor.shape == parameter.type.shape { return .tensor(name) }
    guard case .start(let method) = purpose else {
      throw misfit(
        tensor, parameter,
        parameter.isPositionTable ? ["'train --init-weights' interpolates a table of another grid"] : [])
    }
    let isInBranch = program.task.branches.contains { $0.holds(parameter.name) }
    switch PositionChange.between(tensor.shape, parameter, method) {
    case .change(let change):
      notes.append("\"\(name)\": \(change) by \(method.rawValue) interpolation")
      return .positions(name, change)
    case .impossible(let reason) where !isInBranch: throw misfit(tensor, parameter, [reason])
    case .impossible, .noTable: break
    }
    if !isInBranch { throw misfit(tensor, parameter, []) }
    misshapen.append((name, tensor.typeText, "F32 \(parameter.type.shape)"))
    return .initial
  }

  private func misfit(
    _ tensor: StoredTensor, _ parameter: ProgramDescription.Input, _ notes: [String]
  ) -> Diagnostic {
    Diagnostic(
      .badData, at: SourceLocation(file: file.path),
      "tensor \"\(tensor.name)\" is \(tensor.typeText), expected F32 \(parameter.type.shape)", notes: notes)
  }

  private var missingError: Diagnostic {
    var lines = missing.count == 1 ? [] : missing.prefix(20).map { "missing: \($0)" }
    if missing.count > 20 { lines.append("… and \(missing.count - 20) more") }
    if prefix.count == 0 {
      let names = file.tensors.prefix(4).map(\.name).joined(separator: ", ")
      lines.append(file.tensors.isEmpty ? "the file holds no tensors" : "the file holds: \(names), …")
    }
    return Diagnostic(
      .badData, at: SourceLocation(file: file.path),
      missing.count == 1
        ? "tensor \"\(missing[0])\" is missing" : "\(missing.count) tensors of \(program.model) are missing",
      notes: lines)
  }

  /// Says what of the file is not used, beyond what the task knows and does not use; nil if all is.
  var ignoredNote: String? {
    let known = Set(program.parameters.flatMap(\.names).map(stored))
    let names = file.tensors.map(\.name).filter { name in
      if known.contains(name) { return false }
      let own = name.hasPrefix(prefix.text) ? name.dropFirst(prefix.text.count) : name[...]
      return !program.task.ignored.contains { own.hasPrefix($0) }
    }
    if names.isEmpty { return nil }
    return "ignored of \(file.path): " + names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }

  /// Trained parameters that keep their initial values.
  var fresh: [String] {
    zip(program.parameters, sources).compactMap { parameter, source in
      if case .initial = source, parameter.role.isTrainable { return parameter.name }
      return nil
    }
  }
}

extension ProgramDescription.Input {
  /// The names under which a file may hold a parameter, its own first.
  var names: [String] { [name] + (role.parameter?.aliases ?? []) }

  /// Whether it starts as a table of positions.
  var isPositionTable: Bool {
    if case .sincos2D = role.parameter?.initializer { return true }
    return false
  }

  /// Whether it is a table of positions that training does not change: it is the same in every model of its size.
  fileprivate var isFixedTable: Bool { isPositionTable && !role.isTrainable }
}
