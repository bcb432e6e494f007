import TensorIR

extension Program {
  /// The `.bir` text: the memory plan, each distinct kernel, and the calls in order.
  public func print() -> String {
    var text = "program @\(name)  // \(calls.count) calls of \(kernels.count) kernels, arena \(plan.arenaBytes) bytes\n"
    text += "  // live bytes at most \(plan.lowerBound); constants \(constants.count) bytes\n"
    for block in plan.blocks {
      let names = block.buffers.map { "%\($0.index)" }.joined(separator: " ")
      text +=
        "  block \(block.offset) ..< \(block.offset + block.byteCount) calls \(block.first)...\(block.last)  \(names)\n"
    }
    for (index, kernel) in kernels.enumerated() { text += "\nkernel #\(index) \(describe(kernel))" }
    text += "\nrun {\n"
    for (index, call) in calls.enumerated() {
      for item in guards where item.beforeCall == index {
        let place = item.byteOffset == 0 ? "" : "+\(item.byteOffset)"
        text += "  guard finite \(item.name) %\(item.buffer.index)\(place)\n"
      }
      let operands = call.operands.map { operand in
        (operand.isWritten ? "out " : "") + describe(operand.buffer)
          + (operand.byteOffset == 0 ? "" : "+\(operand.byteOffset)")
      }
      text += "  \(index): #\(call.kernel)(\(operands.joined(separator: ", ")))  \"\(call.label)\"\n"
    }
    return text + "}\n"
  }

  private func describe(_ buffer: BufferID) -> String {
    switch buffers[buffer.index].storage {
    case .temporary: "%\(buffer.index)"
    case .constant(let offset): "constant[\(offset)]"
    case .input(let i): "@\(inputs[i].name)"
    case .output(let i): "=>\(outputs[i].name)"
    }
  }

  private func describe(_ kernel: Kernel) -> String {
    switch kernel {
    case .loop(let loop): loop.print()
    case .product(let p):
      (p.form == .tiles ? "tiles " : "product ")
        + "\(p.operand == p.element ? "" : "\(p.operand.rawValue)\(p.isPaired ? " pairs" : "") to ")\(p.element.rawValue) batch \(p.batch) m \(p.m) n \(p.n) k \(p.k) a \(describe(p.a)) b \(describe(p.b)) c \(describe(p.c))\(p.accumulates ? " adds" : "")\n"
        + (p.epilogue.map { "epilogue " + $0.loop.print() } ?? "")
    case .pack(let p):
      "pack \(p.operand.rawValue)\(p.isPaired ? " pairs" : "") batch \(p.batch) k \(p.k) n \(p.n) from \(describe(p.source))\n"
    case .scatter(let s):
      "scatter_add \(s.element.rawValue) batch \(s.batch) rows \(s.rows) width \(s.width) limit \(s.limit)\n"
    case .sort(let s): "argsort \(s.element.rawValue) rows \(s.rows) length \(s.length)\n"
    case .attention(let a):
      "\(a.isGradient ? "attention_gradient" : "attention") batch \(a.batch) m \(a.m) n \(a.n) d \(a.d) e \(a.e) scale \(a.op.scale)"
        + " bias \(a.bias) dropout \(a.op.dropout?.rate ?? 0) tile \(a.tileRows) scratch \(a.scratchBytes)\n"
    case .crossEntropy(let c):
      "cross_entropy \(c.step) rows \(c.rows)\(c.isCounted ? " at most" : "") features \(c.features) classes \(c.classes)\n"
    case .argmax(let s): "argmax \(s.element.rawValue) rows \(s.rows) length \(s.length)\n"
    }
  }

  private func describe(_ matrix: ProductKernel.Matrix) -> String { "\(matrix.batch)+[\(matrix.row),\(matrix.column)]" }
}

extension LoopKernel {
  /// The loop nest and its body as text.
  public func print() -> String {
    var text = "loop outer \(outer) sequential \(sequential) inner \(inner)\(innerReduced ? " reduced" : "") {\n"
    for (index, instruction) in body.enumerated() { text += "  \(index) = \(describe(instruction))\n" }
    return text + "}\n"
  }

  private func describe(_ instruction: Instruction) -> String {
    switch instruction {
    case .load(let access): return "load \(describe(accesses[access]))"
    case .constant(let value, let element): return "constant \(value) \(element.rawValue)"
    case .index(let strides, let offset, let element): return "index \(strides)+\(offset) \(element.rawValue)"
    case .unary(let kind, let a): return "\(kind.rawValue) \(a)"
    case .binary(let kind, let a, let b): return "\(kind.rawValue) \(a) \(b)"
    case .compare(let kind, let a, let b): return "\(kind.rawValue) \(a) \(b)"
    case .select(let c, let a, let b): return "select \(c) \(a) \(b)"
    case .convert(let a, let element): return "convert \(a) \(element.rawValue)"
    case .dropout(let value, let seed, let op, let strides):
      return "dropout \(value) seed \(seed) rate \(op.rate) stream \(op.stream) index \(strides)"
    case .reduce(let kind, let a): return "reduce_\(kind.rawValue) \(a)"
    case .store(let access, let a):
      let verb = accesses[access].accumulates.map { "accumulate_\($0.rawValue)" } ?? "store"
      return "\(verb) \(describe(accesses[access])) \(a)"
    }
  }

  private func describe(_ access: Access) -> String {
    let at = access.indirect.map { "[arg\($0.argument)\($0.strides) × \($0.stride)]" } ?? ""
    return "\(access.element.rawValue) arg\(access.argument)\(access.strides)\(at)"
  }
}
