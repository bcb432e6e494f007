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

  private func layer(_ node: Int) -> String {
    let layer = function.nodes[node].provenance.layer
    return layer.isEmpty ? "(no layer)" : layer
  }
}
