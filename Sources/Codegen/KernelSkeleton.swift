import BufferIR
import LLVMKit
import Support

/// A kernel's code with its numbers apart: kernels with equal bodies are one function of their sizes.
struct KernelSkeleton: Sendable {
  /// The text of a module with the function alone, poison in the place of numbers. Its streams are parameters, so that it says
  /// how many there are.
  let body: String
  /// The numbers of the body, in order.
  let numbers: [Int]
  /// Instructions of the function.
  let instructions: Int

  /// - Parameters:
  ///   - kernel: with numbers for streams.
  ///   - tiles: notes the tiles it calls.
  init(_ kernel: Kernel, _ target: Target, tiles: TileLibrary) throws(Diagnostic) {
    let module = ModuleBuilder(name: "shape", target: target)
    try kernel.emit(into: module, tiles: tiles, symbol: "kernel", streams: kernel.streams.count)
    let function = module.function(named: "kernel")!
    numbers = function.numbers
    instructions = function.instructionCount
    let nothing = module.poison(module.i64)
    function.replaceNumbers { _ in nothing }
    body = module.print()
  }
}
