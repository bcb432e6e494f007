import Support
import TensorIR

/// Results that did not land in an output by themselves.
extension Lowering {
  /// Results that take an argument's memory and are views of arguments are read before any such memory is written.
  private mutating func readUpdates() {
    for (i, result) in function.results.enumerated() where program.outputs[i].alias != nil {
      guard case .view(let view)? = places[result.value.index],
        case .input(let argument) = program.buffers[view.buffer.index].storage
      else { continue }
      let type = function.type(of: result.value)
      if argument == program.outputs[i].alias, view == View(view.buffer, type) { continue }
      provenance = Provenance(layer: result.name)
      let old = temporary(type)
      copy(view, to: old)
      updates[i] = old
    }
  }

  /// Copies what did not land in an output by itself.
  mutating func writeResults() throws(Diagnostic) {
    readUpdates()
    for (i, result) in function.results.enumerated() {
      if outputOf[result.value.index] == i, case .view(let view)? = places[result.value.index],
        view.buffer == outputBuffer(i)
      {
        continue
      }
      provenance = Provenance(layer: result.name)
      var builder = LoopBuilder(domain: function.type(of: result.value).shape)
      let value =
        updates[i].map { builder.load($0, builder.identity) } ?? emit(result.value, builder.identity, into: &builder)
      builder.mnemonics = ["copy"]
      builder.store(value, to: View(outputBuffer(i), function.type(of: result.value)), builder.identity)
      call(builder, reducing: [])
    }
  }
}
