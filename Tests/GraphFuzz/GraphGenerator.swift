import Frontend
import OpHarness

/// Makes random valid functions, the same for the same seed: chains, branches and layers over every family of operations,
/// as a user of the DSL would write them.
///
/// Sizes are small, some are 1, some are no multiple of a vector. Values stay of the magnitude of 1, so that differences
/// between f32 and f64 mean something; indices repeat, and some are out of range and clamped.
public final class GraphGenerator {
  /// A tensor and about how large its elements become.
  struct Item {
    var tensor: Tensor
    var bound: Double

    var shape: [Int] { tensor.shape }
  }

  var random: RandomSource
  let graph: Graph
  /// Floating-point values that later steps may read.
  var items: [Item] = []
  /// Integers and booleans that may become results.
  var others: [Tensor] = []
  let sizes: [Int]
  private var arguments = 0

  /// No tensor has more elements.
  static let limit = 4096

  /// A function of tensors, integers and a seed, with a scalar result `loss` and results `y0`, `y1`, ….
  ///
  /// - Parameter steps: how many operations or layers are put together; drawn from the seed unless given.
  public static func function(seed: UInt64, name: String = "graph", steps: Int? = nil) throws(Diagnostic) -> Function {
    var module = try ModuleBuilder("random", try ModelOptions())
    var random = RandomSource(seed: seed)
    try module.function(name) { graph throws(Diagnostic) in
      let generator = GraphGenerator(graph, random)
      generator.build(steps: steps ?? 2 + generator.below(14))
      random = generator.random
    }
    return try GraphEnding.finish(module.finish().functions[0], &random)
  }

  private init(_ graph: Graph, _ random: RandomSource) {
    self.graph = graph
    self.random = random
    var source = random
    let small = [1, 2, 3, 4, 5, 6, 8, 9, 12, 16]
    let large = [17, 20, 24, 33, 40, 65]
    var sizes = (0..<3).map { _ in small[Int(source.integer(0..<small.count))] }
    if source.integer(0..<3) == 0 { sizes.append(large[Int(source.integer(0..<large.count))]) }
    self.sizes = sizes
    self.random = source
  }

  private func build(steps: Int) {
    for _ in 0..<(1 + below(3)) { items.append(argument(randomShape(rank: 1 + below(4)))) }
    for step in 0..<steps { graph.scope("step\(step)") { grow() } }
    let made = items.suffix(max(1, items.count - 3))
    var chosen: [Item] = [made.last!]
    for item in made.dropLast() where below(5) == 0 { chosen.append(item) }
    for (index, item) in chosen.prefix(5).enumerated() { graph.result("y\(index)", item.tensor) }
    for (index, tensor) in others.suffix(2).enumerated() { graph.result("z\(index)", tensor) }
  }

  private func grow() {
    let x = pick()
    switch below(24) {
    case 0, 1, 2: keep(unary(x))
    case 3, 4, 5, 6: keep(binary(x))
    case 7: keep(chosen(x))
    case 8, 9, 10: keep(view(x))
    case 11, 12: keep(reduced(x))
    case 13, 14: keep(product(x))
    case 15: keep(rows(of: x))
    case 16: keep(scattered(x))
    case 17: keep(normalised(x))
    case 18, 19: keep(attended(x))
    case 20: keep(perceptron(x))
    case 21: keep(crossEntropies(x))
    case 22: keep(embedded())
    default: keep(masked(x))
    }
  }

  /// Makes an item one that later steps read; what has become large is made small.
  func keep(_ item: Item) {
    var item = item
    if item.bound > 4 {
      item.tensor = below(2) == 0 ? item.tensor.tanh() : item.tensor * (1 / item.bound)
      item.bound = 1
    }
    items.append(item)
  }

  // MARK: Choices

  func below(_ limit: Int) -> Int { Int(random.integer(0..<limit)) }

  func one<Choice>(of choices: [Choice]) -> Choice { choices[below(choices.count)] }

  /// Later items are likelier, so that chains grow.
  func pick() -> Item { items[max(below(items.count), below(items.count))] }

  func size() -> Int { one(of: sizes) }

  func randomShape(rank: Int) -> [Int] {
    var shape = (0..<rank).map { _ in size() }
    while shape.reduce(1, *) > Self.limit / 2 { shape[below(rank)] = 1 + below(3) }
    return shape
  }

  // MARK: Values

  /// A new argument of the function.
  func argument(_ shape: [Int]) -> Item {
    arguments += 1
    return Item(tensor: graph.parameter("x\(arguments)", shape, .zeros), bound: 1.5)
  }

  /// New integers, some beyond small tables.
  func integers(_ shape: [Int]) -> Tensor {
    arguments += 1
    return graph.input("i\(arguments)", .i32, shape)
  }

  /// New booleans.
  func booleans(_ shape: [Int]) -> Tensor {
    arguments += 1
    return graph.input("b\(arguments)", .bool, shape)
  }

  /// A value of that shape: one there is, another one reshaped, or an argument.
  func fitting(_ shape: [Int]) -> Item {
    let same = items.filter { $0.shape == shape }
    if !same.isEmpty, below(4) > 0 { return one(of: same) }
    let count = shape.reduce(1, *)
    let equal = items.filter { $0.tensor.type.count == count }
    if !equal.isEmpty, below(3) > 0 {
      let item = one(of: equal)
      return Item(tensor: item.tensor.reshaped(shape), bound: item.bound)
    }
    return argument(shape)
  }

  /// `x` as a tensor of that rank: axes of size 1 are added, or the first axes joined.
  func ranked(_ x: Item, _ rank: Int) -> Item {
    var shape = x.shape
    while shape.count < rank { shape.insert(1, at: 0) }
    while shape.count > rank { shape.replaceSubrange(0..<2, with: [shape[0] * shape[1]]) }
    return Item(tensor: x.tensor.reshaped(shape), bound: x.bound)
  }
}
