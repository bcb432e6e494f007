import Models

/// A graph that `mrmc bench` measures: what its sizes are called, those it has in a model, and how it is built.
///
/// The graph is made of the layers a user writes, before any pass; its fused and unfused forms come from the passes.
struct BenchKernel: Sendable {
  /// As the command line calls it; graphs of one name are measured together.
  let name: String
  /// The sizes it has in a model of these dimensions, for each place it stands in.
  let shapes: @Sendable (_ size: MRMSize, _ batch: Int) -> [KernelShape]
  /// Builds the forward graph and names its results.
  let build: @Sendable (Graph, KernelShape) -> Void
  /// Inputs that get a gradient, beside the parameters.
  var differentiated: [String] = []
  /// Whether it is the optimiser's update of its parameters instead of a forward and a backward.
  var isUpdate = false
  /// Whether forward and backward are measured together: fused they are one.
  var isOnePass = false

  /// What a report calls the part of that name.
  func direction(_ part: String) -> String { isUpdate ? "step" : isOnePass ? "both" : part }

  /// All, in the order they are measured.
  static let all: [BenchKernel] = [
    attention, layerNorm, maskedGather, unshuffle, embedding, epilogue, imageLoss, lmHead, optimizer,
  ]

  /// The names, each once.
  static var names: [String] {
    var result: [String] = []
    for kernel in all where !result.contains(kernel.name) { result.append(kernel.name) }
    return result
  }
}

/// Named sizes, in order.
struct KernelShape: Hashable, Sendable {
  private(set) var sizes: [Size]

  struct Size: Hashable, Sendable {
    var name: String
    var value: Int
  }

  init(_ sizes: [(String, Int)]) { self.sizes = sizes.map { Size(name: $0.0, value: $0.1) } }

  /// The size of that name, which the shape must have.
  subscript(name: String) -> Int { sizes.first { $0.name == name }!.value }

  func has(_ name: String) -> Bool { sizes.contains { $0.name == name } }

  mutating func set(_ name: String, _ value: Int) {
    for index in sizes.indices where sizes[index].name == name { sizes[index].value = value }
  }

  /// What a size can be: `masked` and `residual` say whether there is something, all others count.
  static func range(of name: String) -> ClosedRange<Int> {
    name == "masked" || name == "residual" ? 0...1 : 1...1 << 24
  }

  /// `batch=16 heads=12`.
  var text: String { sizes.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }

  var json: JSON { .object(sizes.map { JSONMember($0.name, .integer($0.value)) }) }
}
