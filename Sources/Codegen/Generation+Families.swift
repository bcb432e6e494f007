import BufferIR
import Support

extension Generation {
  /// The families of all kernels, in order of first use.
  func families() throws(Diagnostic) -> [KernelFamily] {
    let kinds = kernelKinds()
    let (target, tiles) = (options.target, tiles)
    let shapes = try concurrentMap(kinds, threads: options.threads) { (kind) throws(Diagnostic) in
      try KernelShape(kind.kernel, target, tiles: tiles)
    }
    var taken = Set<String>()
    var order: [KernelShape.Body] = []
    var alike: [KernelShape.Body: [Int]] = [:]
    for (index, shape) in shapes.enumerated() {
      if alike[shape.body] == nil { order.append(shape.body) }
      alike[shape.body, default: []].append(index)
    }
    var families: [KernelFamily] = []
    for body in order {
      let group = alike[body]!
      let size = shapes[group[0]].size
      if options.sharesSizes, let sizes = SizeParameters(group.map { shapes[$0].numbers }) {
        families.append(family(group.map { kinds[$0] }, size, sizes, &taken))
      } else {
        for kind in group { families.append(family([kinds[kind]], size, nil, &taken)) }
      }
    }
    return families
  }

  /// Kernels that are equal but for their streams.
  private struct KernelKind: Sendable {
    /// The kernel with numbers for streams.
    let kernel: Kernel
    /// The kernels' places in `kernels`.
    var members: [Int]
  }

  private func kernelKinds() -> [KernelKind] {
    var kinds: [KernelKind] = []
    var places: [Kernel: Int] = [:]
    for (index, kernel) in kernels.enumerated() {
      let common = kernel.withNumberedStreams
      if let place = places[common] {
        kinds[place].members.append(index)
      } else {
        places[common] = kinds.count
        kinds.append(KernelKind(kernel: common, members: [index]))
      }
    }
    return kinds
  }

  private func family(
    _ kinds: [KernelKind], _ size: Int, _ sizes: SizeParameters?, _ taken: inout Set<String>
  ) -> KernelFamily {
    let kernel = kinds[0].kernel
    let own = kinds.flatMap(\.members)
    if kernel.streams.isEmpty && sizes == nil {
      return KernelFamily(kernel: kernel, streams: 0, symbol: symbols[own[0]], size: size)
    }
    let members = kinds.enumerated().flatMap { (place, kind) in
      kind.members.map {
        KernelFamily.Member(symbol: symbols[$0], streams: kernels[$0].streams, sizes: sizes?.values[place] ?? [])
      }
    }
    let name = "mrm." + KernelNames.shared(own.flatMap { labels[$0] }) + ".shared"
    let symbol = taken.insert(name).inserted ? name : "\(name).\(own[0])"
    return KernelFamily(
      kernel: kernel, streams: kernel.streams.count, symbol: symbol, size: size, sizes: sizes, members: members)
  }
}
