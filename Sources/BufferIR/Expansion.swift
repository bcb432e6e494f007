// layer_norm(x, γ, β)  ⇒  its means, products and sums, which are meant to end in one loop
// attention, linear_cross_entropy of f64  ⇒  their products, soft-max and sums, which have kernels of f64
// Σ x over the rows  ⇒  Σ parts, parts = Σ x over neighbouring rows, which the loop that makes x adds up as it goes

import Support
import TensorIR

/// A function whose layer norms and sums over rows stand in simpler operations, for loops to join with what is around them.
struct Expansion {
  private(set) var function: Function
  /// The nodes, as numbers in `function`, that one operation became.
  private(set) var regions: [Region] = []

  struct Region {
    var mnemonic: String
    var layer: String
    var nodes: [Int] = []
  }

  /// Sums over rows are taken in so many parts: enough for every thread to have some.
  private static let partCount = 8...64
  private static let wantedParts = 16

  /// `sums`: sums over rows are taken in parts too.
  init(_ source: Function, sums: Bool) throws(Diagnostic) {
    function = source
    let columns = sums ? Self.columnSums(source) : [:]
    if columns.isEmpty && source.nodes.allSatisfy({ Self.form($0, source) == .kept }) { return }
    let (expanded, regionOf) = try expand(source, columns)
    drop(expanded, regionOf)
  }

  private enum Form {
    /// It stays, unless it is a sum over rows.
    case kept
    /// Operations that are meant to end in one loop.
    case region
    /// Products of f64, which has no tiles, and what lies between them.
    case products
  }

  private static func form(_ node: Node, _ source: Function) -> Form {
    switch node.op {
    case .layerNorm, .layerNormGradient: .region
    case .attention, .attentionGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      source.type(of: node.operands[0]).element == .f64 ? .products : .kept
    default: .kept
    }
  }

  /// Adds what an operation whose form is not `kept` becomes.
  private static func expanded(
    _ op: Op, _ operands: [ValueID], _ builder: inout Builder
  ) throws(Diagnostic) -> [ValueID] {
    switch op {
    case .layerNorm(let op): return try op.expand(operands, into: &builder)
    case .layerNormGradient(let op):
      let rows = Array(builder.shape(operands[0]).dropLast())
      return try op.expand(operands, into: &builder, parts: parts(of: rows))
    case .attention(let op): return try op.expand(operands, into: &builder)
    case .attentionGradient(let op): return try op.expand(operands, into: &builder)
    case .linearCrossEntropy(let op): return try op.expand(operands, into: &builder)
    case .linearCrossEntropyGradient(let op): return try op.expand(operands, into: &builder)
    default: preconditionFailure("\(op.mnemonic) is kept")
    }
  }

  /// The function with every node expanded, and for each node its region.
  private mutating func expand(
    _ source: Function, _ columns: [ValueID: (rows: [Int], count: Int)]
  ) throws(Diagnostic) -> (Function, regionOf: [Int?]) {
    var builder = Builder(Function(name: source.name))
    for argument in source.arguments { builder.function.addArgument(argument) }
    var map = source.argumentValues.map { Optional($0) }
    map += Array(repeating: nil, count: source.valueCount - map.count)
    var regionOf: [Int?] = []
    for node in source.nodes {
      builder.provenance = node.provenance
      let operands = node.operands.map { map[$0.index]! }
      let results: [ValueID]
      let form = Self.form(node, source)
      if form != .kept {
        results = try Self.expanded(node.op, operands, &builder)
      } else if let parts = columns[node.result] {
        let split = try builder.reshape(operands[0], to: parts.rows + source.type(of: node.result).shape)
        let sums = try builder.reduce(.sum, split, axes: Array(parts.count..<parts.rows.count))
        results = [try builder.reduce(.sum, sums, axes: Array(0..<parts.count))]
      } else {
        let types = node.results.map { source.type(of: $0) }
        results = builder.function.addNode(node.op, operands, types: types, node.provenance)
      }
      for (result, value) in zip(node.results, results) { map[result.index] = value }
      if form == .region { regions.append(Region(mnemonic: node.op.mnemonic, layer: node.provenance.layer)) }
      let region = form == .region ? regions.count - 1 : nil
      regionOf += Array(repeating: region, count: builder.function.nodes.count - regionOf.count)
    }
    builder.function.results = source.results.map { $0.moved(to: map[$0.value.index]!, alias: $0.alias) }
    builder.function.guards = source.guards.map { map[$0.index]! }
    return (builder.function, regionOf)
  }

  /// Leaves out what no result needs: of a gradient not everything may be wanted.
  private mutating func drop(_ expanded: Function, _ regionOf: [Int?]) {
    let live = expanded.ancestors(of: expanded.results.map(\.value) + expanded.guards)
    var target = Function(name: expanded.name)
    for argument in expanded.arguments { target.addArgument(argument) }
    var map = (0..<expanded.valueCount).map { ValueID($0) }
    for (index, node) in expanded.nodes.enumerated() where live[index] {
      let values = target.addNode(
        node.op, node.operands.map { map[$0.index] }, types: node.results.map { expanded.type(of: $0) }, node.provenance
      )
      for (result, value) in zip(node.results, values) { map[result.index] = value }
      if let region = regionOf[index] { regions[region].nodes.append(target.nodes.count - 1) }
    }
    target.results = expanded.results.map { $0.moved(to: map[$0.value.index], alias: $0.alias) }
    target.guards = expanded.guards.map { map[$0.index] }
    function = target
  }

  /// Sums over all rows, with the parts they are taken in: where a loop makes the rows it can add them up, and nothing but
  /// the parts waits for what needs the sum.
  private static func columnSums(_ source: Function) -> [ValueID: (rows: [Int], count: Int)] {
    let definitions = source.definitions()
    var result: [ValueID: (rows: [Int], count: Int)] = [:]
    for node in source.nodes {
      guard case .reduce(let op) = node.op, op.kind == .sum else { continue }
      let type = source.type(of: node.operands[0])
      let rows = Array(type.shape.dropLast())
      guard op.axes == Array(rows.indices), !rows.isEmpty, type.element == .f32 || type.element == .f64,
        type.shape.last! >= narrowest, rows.reduce(1, *) >= fewestRows,
        !isGathered(node.operands[0], source, definitions), let parts = parts(of: rows)
      else { continue }
      result[node.result] = parts
    }
    return result
  }

  /// Fewer rows, or shorter ones, are added up at once.
  private static let fewestRows = 128
  private static let narrowest = 16

  /// Rows chosen by index are read by the sum itself, where they stand.
  private static func isGathered(_ value: ValueID, _ source: Function, _ definitions: [Int?]) -> Bool {
    guard let definition = definitions[value.index], case .gather = source.nodes[definition].op else { return false }
    return true
  }

  /// A shape of the rows whose first axes count parts of neighbouring rows; nil if their number does not divide so.
  static func parts(of rows: [Int]) -> (rows: [Int], count: Int)? {
    var parts = 1
    for (axis, extent) in rows.enumerated() {
      if parts >= partCount.lowerBound { return (rows, axis) }
      if parts * extent <= wantedParts {
        parts *= extent
        continue
      }
      let divisors = (1...extent).filter { extent % $0 == 0 && partCount.contains(parts * $0) }
      guard let divisor = divisors.first(where: { parts * $0 >= wantedParts }) ?? divisors.last else { return nil }
      return (rows[..<axis] + [divisor, extent / divisor] + rows[(axis + 1)...], axis + 1)
    }
    return nil
  }
}
