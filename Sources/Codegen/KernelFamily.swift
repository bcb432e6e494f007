import BufferIR
import LLVMKit
import Support

/// Kernels that one function computes: they differ in the streams of their dropouts, as those of a model's layers do, and in
/// sizes, as those of layers of different widths or with different numbers of rows do.
struct KernelFamily: Sendable {
  /// The kernel with numbers for streams.
  let kernel: Kernel
  /// How many streams the function takes.
  let streams: Int
  let symbol: String
  /// Instructions of the function.
  let instructions: Int
  /// Which of the body's numbers (`FunctionRef.numbers`) are parameters, if the kernels differ in sizes.
  var sizes: SizeParameters?
  /// The kernels by their own symbols; none if there are neither streams nor sizes, and the function is the kernel itself.
  var members: [Member] = []

  /// One of the kernels: hands its streams and sizes to the function.
  struct Member: Sendable {
    let symbol: String
    let streams: [Int]
    var sizes: [Int] = []

    func emit(_ module: ModuleBuilder, calling name: String) {
      let function = module.addFunction(symbol, params: KernelFrame.parameters(module), result: module.void)
      let e = Emitter(module, function)
      let own = streams.map { e.i32($0) } + sizes.map { e.i64($0) }
      e.call(module.function(named: name)!, function.parameters + own)
      e.ret()
    }
  }

  /// Emits the function and the kernels that call it.
  func emit(into module: ModuleBuilder, tiles: TileLibrary) throws(Diagnostic) {
    try kernel.emit(into: module, tiles: tiles, symbol: symbol, streams: streams)
    if let sizes {
      let function = module.function(named: symbol)!
      let own = function.parameterCount
      let shared = module.addParameters(sizes.values[0].map { _ in module.i64 }, to: function)
      shared.replaceNumbers { index in sizes.places[index].map { shared.parameter(own + $0) } }
      module.keepLocal(shared)
    }
    for member in members { member.emit(module, calling: symbol) }
  }
}
