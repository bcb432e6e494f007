import Support
import TensorIR

extension Program {
  /// Checks the program: accesses within their buffers, values written before they are read, no two live blocks overlapping.
  public func verify() throws(Diagnostic) {
    var written = buffers.map { $0.storage != .temporary }
    for (index, buffer) in buffers.enumerated() {
      if case .output = buffer.storage { written[index] = false }
    }
    for call in calls {
      for operand in call.operands where operand.isRead && !written[operand.buffer.index] {
        throw Diagnostic(
          .compilerBug, "@\(name): '\(call.label)' reads buffer \(operand.buffer.index) before it is written")
      }
      for operand in call.operands where operand.isWritten { written[operand.buffer.index] = true }
      if case .loop(let loop) = kernels[call.kernel] { try verify(loop, call) }
      if case .pack(let pack) = kernels[call.kernel] { try verify(pack, call) }
      if case .product(let product) = kernels[call.kernel] {
        try verify(product, call)
        if let epilogue = product.epilogue {
          var rows = call
          rows.operands.removeSubrange(..<2)
          try verify(epilogue.loop, rows)
        }
      }
    }
    try verifyPlan()
  }

  private func verify(_ loop: LoopKernel, _ call: Call) throws(Diagnostic) {
    let extents = loop.outer + loop.sequential + [loop.inner]
    for access in loop.accesses {
      var reach = zip(extents, access.strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
      if let indirect = access.indirect { reach += (indirect.limit - 1) * indirect.stride }
      try verify(call, access.argument, reach, access.element)
    }
  }

  private func verify(_ pack: PackKernel, _ call: Call) throws(Diagnostic) {
    let reach =
      zip(pack.batch, pack.source.batch).reduce(0) { $0 + ($1.0 - 1) * $1.1 } + (pack.k - 1) * pack.source.row
      + (pack.n - 1) * pack.source.column
    try verify(call, 0, reach, pack.operand)
    try verify(call, 1, pack.batch.reduce(PackKernel.count(steps: pack.steps, n: pack.n), *) - 1, .f32)
  }

  private func verify(_ product: ProductKernel, _ call: Call) throws(Diagnostic) {
    if product.form == .tiles {
      let count = PackKernel.count(steps: product.steps, n: product.n)
      try verify(call, 1, product.batch.reduce(count, *) - 1, .f32)
    }
    for (argument, part) in [
      (product.a, product.m, product.k), (product.b, product.k, product.n), (product.c, product.m, product.n),
    ].enumerated() where argument != 1 || product.form == .library {
      let reach =
        zip(product.batch, part.0.batch).reduce(0) { $0 + ($1.0 - 1) * $1.1 } + (part.1 - 1) * part.0.row + (part.2 - 1)
        * part.0.column
      try verify(call, argument, reach, argument == 2 ? product.element : product.operand)
    }
  }

  private func verify(_ call: Call, _ argument: Int, _ reach: Int, _ element: ElementType) throws(Diagnostic) {
    let operand = call.operands[argument]
    let end = operand.byteOffset + (reach + 1) * element.byteSize
    if operand.byteOffset < 0 || end > buffers[operand.buffer.index].byteCount {
      throw Diagnostic(
        .compilerBug,
        "@\(name): '\(call.label)' reaches byte \(end) of buffer \(operand.buffer.index), "
          + "which has \(buffers[operand.buffer.index].byteCount)")
    }
  }

  /// Sweeps over calls in order, so that only blocks alive together are compared.
  private func verifyPlan() throws(Diagnostic) {
    var live: [ArenaPlan.Block] = []
    for block in plan.blocks.sorted(by: { ($0.first, $0.offset) < ($1.first, $1.offset) }) {
      live.removeAll { $0.last < block.first }
      let end = block.offset + block.byteCount
      if end > plan.arenaBytes || live.contains(where: { $0.offset < end && block.offset < $0.offset + $0.byteCount }) {
        throw Diagnostic(
          .compilerBug, "@\(name): the memory plan lets two live buffers overlap at byte \(block.offset)")
      }
      live.append(block)
    }
  }
}
