import BufferIR
import Support

extension Generation {
  /// The families of all kernels, in order of first use.
  func families() throws(Diagnostic) -> [KernelFamily] {
    let kinds = kernelKinds()
    let (target, tiles) = (options.target, tiles)
    let skeletons = try concurrentMap(kinds, threads: options.threads) { (kind) throws(Diagnostic) in
      try KernelSkeleton(kind.kernel, target, tiles: tiles)
    }
    var taken = Set<String>()
    var order: [String] = []
    var alike: [String: [Int]] = [:]
    for (index, skeleton) in skeletons.enumerated() {
      if alike[skeleton.body] == nil { order.append(skeleton.body) }
      alike[skeleton.body, default: []].append(index)
    }
    var families: [KernelFamily] = []
    for body in order {
      let group = alike[body]!
      let instructions = skeletons[group[0]].instructions
      if options.sharesSizes, let sizes = SizeParameters(group.map { skeletons[$0].numbers }) {
        families.append(family(group.map { kinds[$0] }, instructions, sizes, &taken))
      } else {
        for kind in group { families.append(family([kinds[kind]], instructions, nil, &taken)) }
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
    _ kinds: [KernelKind], _ instructions: Int, _ sizes: SizeParameters?, _ taken: inout Set<String>
  ) -> KernelFamily {
    let kernel = kinds[0].kernel
    let own = kinds.flatMap(\.members)
    if kernel.streams.isEmpty && sizes == nil {
      return KernelFamily(kernel: kernel, streams: 0, symbol: symbols[own[0]], instructions: instructions)
    }
    let members = kinds.enumerated().flatMap { (place, kind) in
      kind.members.map {
        KernelFamily.Member(symbol: symbols[$0], streams: kernels[$0].streams, sizes: sizes?.values[place] ?? [])
      }
    }
    let name = "mrm." + KernelNames.shared(own.flatMap { labels[$0] }) + ".shared"
    let symbol = taken.insert(name).inserted ? name : "\(name).\(own[0])"
    return KernelFamily(
      kernel: kernel, streams: kernel.streams.count, symbol: symbol, instructions: instructions, sizes: sizes,
      members: members)
  }
}
