/// The flags of `train` as its parser knows them: a recipe stands for flags, and a hyperparameter's own flag
/// becomes `--hyper=name=value`.
struct TrainArguments {
  /// Those to parse.
  private(set) var words: [String] = []
  /// The flags that a recipe stands for and that no other flag overrides, for people; nil: no recipe was named.
  private(set) var recipe: String?

  /// `usage`: a recipe that there is not, or a hyperparameter without a value.
  init(_ arguments: [String], _ program: ProgramDescription) throws(Diagnostic) {
    var arguments = arguments
    if let name = Self.value(of: "--recipe", in: arguments) {
      let recipes = program.task.recipes
      guard let found = recipes.first(where: { $0.name == name }) else {
        throw Diagnostic(
          .usage, "--recipe \(name): there is no such recipe",
          notes: [
            recipes.isEmpty
              ? "this program has none" : "there are: " + recipes.map(\.name).joined(separator: ", ")
          ])
      }
      let flags = Self.groups(found.flags).filter { !Self.isOverridden($0[0], by: arguments) }
      recipe = "recipe \(name): " + flags.flatMap { $0 }.joined(separator: " ")
      arguments = flags.flatMap { $0 } + arguments
    }
    words = try Self.rewritten(arguments, program.hyperparameters)
  }

  /// Flags that say the same thing in other words: one of them that is given takes the place of the others.
  private static let rivals: [String: [String]] = [
    "--epochs": ["--steps"], "--steps": ["--epochs"], "--lr": ["--blr"], "--blr": ["--lr"],
    "--warmup-steps": ["--epochs", "--warmup-epochs"], "--warmup-epochs": ["--steps", "--warmup-steps"],
  ]

  private static func isOverridden(_ flag: String, by arguments: [String]) -> Bool {
    let name = flag.split(separator: "=", maxSplits: 1)[0]
    return ([String(name)] + (rivals[String(name)] ?? [])).contains { given in
      arguments.contains { $0 == given || $0.hasPrefix(given + "=") }
    }
  }

  /// The flags, each with its values.
  private static func groups(_ flags: [String]) -> [[String]] {
    var result: [[String]] = []
    for word in flags {
      if word.hasPrefix("--") || result.isEmpty { result.append([word]) } else { result[result.count - 1].append(word) }
    }
    return result
  }

  private static func value(of flag: String, in arguments: [String]) -> String? {
    var value: String?
    for (index, word) in arguments.enumerated() {
      if word == flag, index + 1 < arguments.count { value = arguments[index + 1] }
      if word.hasPrefix(flag + "=") { value = String(word.dropFirst(flag.count + 1)) }
    }
    return value
  }

  private static func rewritten(_ arguments: [String], _ known: [Hyperparameter]) throws(Diagnostic) -> [String] {
    var result: [String] = []
    var index = 0
    while index < arguments.count {
      let word = arguments[index]
      index += 1
      if word == "--" { return result + arguments[(index - 1)...] }
      guard let parameter = known.first(where: { word == $0.flag || word.hasPrefix($0.flag + "=") }) else {
        result.append(word)
        continue
      }
      var value = word.dropFirst(parameter.flag.count + 1)
      if word == parameter.flag {
        guard index < arguments.count else { throw Diagnostic(.usage, "\(parameter.flag): its value is missing") }
        value = arguments[index][...]
        index += 1
      }
      result.append("--hyper=\(parameter.name)=\(value)")
    }
    return result
  }
}
