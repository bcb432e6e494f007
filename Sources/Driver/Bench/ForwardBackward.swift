/// A function cut in two after the passes: what its forward results need, and the rest, which reads what the first part
/// saves for it. Neither is fused with the other, as in a training step, where the whole model lies between.
struct ForwardBackward {
  let forward: Function
  let backward: Function

  /// What names the values that go from one to the other.
  static let saved = "saved."

  init(_ function: Function, forwardResults: [String]) {
    let definitions = function.definitions()
    let isForward = function.ancestors(
      of: function.results.filter { forwardResults.contains($0.name) }.map(\.value))
    // Views and constants cost nothing: they are made again rather than saved.
    var remade = [Bool](repeating: false, count: function.nodes.count)
    var saved: [ValueID] = []
    func read(_ value: ValueID) {
      guard let node = definitions[value.index], isForward[node] else { return }
      if function.nodes[node].op.traits.isFree {
        remade[node] = true
        function.nodes[node].operands.forEach(read)
      } else if !saved.contains(value) {
        saved.append(value)
      }
    }
    for (index, node) in function.nodes.enumerated() where !isForward[index] { node.operands.forEach(read) }
    let later = function.results.filter { !forwardResults.contains($0.name) }
    for result in later { read(result.value) }

    let names = saved.indices.map { FunctionResult(Self.saved + "\($0)", saved[$0]) }
    forward = Self.part(
      function, "forward", inputs: [], results: function.results.filter { forwardResults.contains($0.name) } + names
    ) { isForward[$0] }
    backward = Self.part(function, "backward", inputs: names, results: later) { !isForward[$0] || remade[$0] }
  }

  /// The nodes `contains` picks, with the arguments they read and `inputs` in front.
  private static func part(
    _ source: Function, _ name: String, inputs: [FunctionResult], results: [FunctionResult], _ contains: (Int) -> Bool
  ) -> Function {
    let nodes = source.nodes.indices.filter(contains).map { source.nodes[$0] }
    let read = Set(nodes.flatMap(\.operands) + results.map(\.value) + results.compactMap(\.alias))
    var function = Function(name: name)
    var map = [ValueID?](repeating: nil, count: source.valueCount)
    for (index, argument) in source.arguments.enumerated() where read.contains(ValueID(index)) {
      map[index] = function.addArgument(argument)
    }
    for input in inputs {
      map[input.value.index] = function.addArgument(Argument(input.name, source.type(of: input.value)))
    }
    for node in nodes {
      let values = function.addNode(
        node.op, node.operands.map { map[$0.index]! }, types: node.results.map { source.type(of: $0) }, node.provenance)
      for (old, new) in zip(node.results, values) { map[old.index] = new }
    }
    function.results = results.map {
      $0.moved(to: map[$0.value.index]!, alias: $0.alias.flatMap { map[$0.index] })
    }
    return function
  }
}
