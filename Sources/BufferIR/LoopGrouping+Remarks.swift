import TensorIR

extension LoopGrouping {
  /// One line per group, in order, then one per pair of loops that met and stayed apart.
  var remarks: [String] {
    let kernels = groups.values.sorted { position[$0.members[0]] < position[$1.members[0]] }
    let fused = kernels.map { group in
      let operations = group.members.map { function.nodes[$0].op.mnemonic }
      return "fused \(group.members.count) loops over \(group.domain)"
        + (group.reduced.isEmpty ? "" : " reducing axes \(group.reduced)")
        + ": \(layer(group.members[0])) \(operations.joined(separator: "+"))"
    }
    return fused
      + refusals.map { refusal in
        "not fused: \(layer(refusal.node)) \(function.nodes[refusal.node].op.mnemonic) with \(layer(refusal.other)) "
          + "\(function.nodes[refusal.other].op.mnemonic): \(refusal.reason.rawValue)"
      }
  }

  /// One line per operation taken apart whose loops did not all end in one kernel.
  func remarks(on regions: [Expansion.Region]) -> [String] {
    if groups.isEmpty { return [] }
    return regions.compactMap { region in
      let loops = loops(of: region)
      let kernels = Set(loops.map { groupOf[$0] }).sorted().map { kernel in
        loops.filter { groupOf[$0] == kernel }.map { function.nodes[$0].op.mnemonic }.joined(separator: "+")
      }
      if kernels.count <= 1 { return nil }
      return "\(region.layer) \(region.mnemonic) is \(kernels.count) kernels: \(kernels.joined(separator: ", "))"
    }
  }

  /// The nodes of a region that are meant to be one loop.
  func loops(of region: Expansion.Region) -> [Int] { region.nodes.filter { isLoop($0) && !isFinalSum($0, region) } }

  /// Adds up the parts of another sum: it waits for all of them.
  private func isFinalSum(_ node: Int, _ region: Expansion.Region) -> Bool {
    guard case .reduce = function.nodes[node].op,
      let part = definitions[root(function.nodes[node].operands[0]).index], region.nodes.contains(part),
      case .reduce = function.nodes[part].op
    else { return false }
    return true
  }

  private func layer(_ node: Int) -> String {
    let layer = function.nodes[node].provenance.layer
    return layer.isEmpty ? "(no layer)" : layer
  }
}
