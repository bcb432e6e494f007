/// One function while it is being built: its arguments, its nodes, the scopes that are open, and the first error.
///
/// Nothing here throws or traps on ill-typed input: the first error is kept, later operations give placeholders, and
/// `ModuleBuilder.function` throws the error once the body has run.
public final class Graph {
  /// The function's name, without `@`.
  public let name: String
  /// What went wrong first, or nil.
  public private(set) var error: Diagnostic?

  var inputs: [DeclaredArgument] = []
  var parameters: [DeclaredArgument] = []
  var results: [FunctionResult] = []
  var scopes: [OpenScope] = []
  var pinnedSite: SourceSite?
  /// The line of the last call, which operators take.
  private(set) var lastSite = SourceSite(file: "", line: 0)
  var dropoutStreams = 0
  private(set) var types: [TensorType] = []
  private(set) var nodes: [Node] = []

  struct DeclaredArgument {
    var argument: Argument
    var value: ValueID
  }

  struct OpenScope {
    /// What parameter names in it start with; empty if the scope adds nothing.
    var name: String
    /// What layer paths in it start with; empty if the scope adds nothing.
    var layer: String
    /// Whether its parameters keep their values.
    var isFrozen = false
    /// The factor of its parameters' learning rate; nil: that of the scope around it.
    var rate: Double?
  }

  /// The feeds that inputs can come from, and the records of a batch.
  let feeds: [Feed]
  let batch: Int

  init(name: String, feeds: [Feed] = [], batch: Int = 1) {
    self.name = name
    self.feeds = feeds
    self.batch = batch
  }

  /// The layer path of nodes built now, such as `encoder.blocks.3.mlp`.
  public var layerPath: String { scopes.map(\.layer).filter { !$0.isEmpty }.joined(separator: ".") }

  /// What the names of parameters declared now start with, such as `blocks.3.mlp`.
  public var parameterPath: String { scopes.map(\.name).filter { !$0.isEmpty }.joined(separator: ".") }

  var provenance: Provenance { Provenance(layer: layerPath, source: (pinnedSite ?? lastSite).description) }

  /// Records an error found at `site`, with the layer path as a note, unless there is one already.
  func fail(_ message: String, notes: [String] = [], at site: SourceSite) {
    guard error == nil else { return }
    let place = pinnedSite ?? site
    let layer = layerPath.isEmpty ? [] : ["layer: \(layerPath)"]
    error = Diagnostic(.badData, at: place.location, message, notes: notes + layer + ["function: @\(name)"])
  }

  func newValue(_ type: TensorType) -> ValueID {
    types.append(type)
    return ValueID(types.count - 1)
  }

  /// Adds a node that has one result. `expected` is the type a placeholder gets if the operation is in error.
  func emit(_ op: Op, _ operands: [Tensor], expecting expected: TensorType? = nil, at site: SourceSite) -> Tensor {
    pass(site)
    let operandTypes = operands.map(\.type)
    let placeholder = expected ?? operandTypes.first ?? TensorType(.f32, [])
    if operands.contains(where: { $0.graph !== self }) {
      fail(
        "\(op.mnemonic): operands belong to different functions; build each function from its own arguments", at: site)
    }
    do {
      let type = try op.infer(operandTypes)[0]
      if Self.elementCount(type.shape) == nil {
        fail("\(op.mnemonic): the result is too large: \(type)", at: site)
        return Tensor(graph: self, value: ValueID(0), type: placeholder)
      }
      guard error == nil else { return Tensor(graph: self, value: ValueID(0), type: type) }
      let value = newValue(type)
      nodes.append(Node(op: op, operands: operands.map(\.value), results: [value], provenance: provenance))
      return Tensor(graph: self, value: value, type: type)
    } catch {
      let found = operandTypes.map(\.description).joined(separator: " and ")
      fail(error.message, notes: error.notes + ["operands: \(found.isEmpty ? "none" : found)"], at: site)
      return Tensor(graph: self, value: ValueID(0), type: placeholder)
    }
  }

  /// Notes the line of a call; within a layer that is the layer's.
  func pass(_ site: SourceSite) { lastSite = pinnedSite ?? site }

  /// Runs `body` so that all it builds carries the line of the caller: what a layer does first.
  func pinned<Result>(at site: SourceSite, _ body: () -> Result) -> Result {
    pass(site)
    guard pinnedSite == nil else { return body() }
    pinnedSite = site
    defer { pinnedSite = nil }
    return body()
  }
}
