import Support
import TensorIR

/// Products of bf16 where the product kernel takes f32: the operands are widened in memory first.
extension Lowering {
  /// A view in another type, copied if it is not of it.
  mutating func converted(_ view: View, to element: ElementType) -> View {
    if view.element == element { return view }
    let result = temporary(TensorType(element, view.shape))
    convert(view, to: result)
    return result
  }

  /// Copies between element types.
  mutating func convert(_ source: View, to target: View) {
    var builder = LoopBuilder(domain: source.shape)
    builder.mnemonics = ["convert"]
    let value = builder.load(source, builder.identity)
    builder.store(builder.add(.convert(value, target.element)), to: target, builder.identity)
    call(builder, reducing: [])
  }
}
