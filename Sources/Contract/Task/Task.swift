/// What a model is trained for: all that a training program knows of it beside its functions.
///
/// A model states its task (`ModuleBuilder.task`); it is printed in `.tir`, passes through the compiler untouched, and is
/// embedded in the program.
public struct Task: Hashable, Sendable {
  /// One line for people, such as "multi-label classification".
  public var summary: String
  /// Where the functions' inputs come from.
  public var feeds: [Feed]
  /// How good a model is, over all records of a list; read from the results of `@evaluate`.
  public var metrics: [Metric]
  public var optimizer: Optimization
  public var schedule: Schedule
  /// The length of a run and its learning rate unless flags say otherwise.
  public var recipe: Recipe
  /// Settings by name, for `--recipe`.
  public var recipes: [NamedRecipe]
  /// Groups of parameters that a weights file may lack as a whole.
  public var branches: [Branch]
  /// Prefixes of a file's tensors that are known and not used, such as `decoder`.
  public var ignored: [String]
  /// The task's own pictures, for `show`.
  public var views: [View]

  public init(
    _ summary: String, feeds: [Feed], metrics: [Metric] = [],
    optimizer: Optimization = Optimization(update: "update", decayedUpdate: "update_decayed"), schedule: Schedule,
    recipe: Recipe, recipes: [NamedRecipe] = [], branches: [Branch] = [], ignored: [String] = [], views: [View] = []
  ) {
    self.summary = summary
    self.feeds = feeds
    self.metrics = metrics
    self.optimizer = optimizer
    self.schedule = schedule
    self.recipe = recipe
    self.recipes = recipes
    self.branches = branches
    self.ignored = ignored
    self.views = views
  }

  /// The feed of that name.
  public func feed(_ name: String) -> Feed? { feeds.first { $0.name == name } }

  /// All tensors of the feeds for a batch.
  public func parts(batch: Int) -> [Feed.Part] { feeds.flatMap { $0.parts(batch: batch) } }
}

/// How parameters follow their gradients.
public struct Optimization: Hashable, Sendable {
  /// The module's function that updates one number: see `UpdateRule`.
  public var update: String
  /// The one for parameters that decay.
  public var decayedUpdate: String
  /// The largest global norm of all gradients, unless the run says otherwise; nil: gradients are not clipped.
  public var clip: Double?

  public init(update: String, decayedUpdate: String, clip: Double? = nil) {
    self.update = update
    self.decayedUpdate = decayedUpdate
    self.clip = clip
  }
}

/// A group of parameters that a weights file may lack as a whole.
public struct Branch: Hashable, Sendable {
  /// For people: "image decoder".
  public var name: String
  /// Beginnings of the names of its parameters.
  public var prefixes: [String]

  public init(_ name: String, prefixes: [String]) {
    self.name = name
    self.prefixes = prefixes
  }

  /// Whether a tensor of that name belongs to the branch.
  public func holds(_ tensor: String) -> Bool { prefixes.contains { tensor.hasPrefix($0) } }
}
