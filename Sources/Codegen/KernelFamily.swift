import BufferIR
import LLVMKit

/// Kernels that one function computes: they differ in the streams of their dropouts alone, as those of a model's layers do.
struct KernelFamily {
  /// The kernel with numbers for streams.
  let kernel: Kernel
  /// How many streams the function takes.
  let streams: Int
  let symbol: String
  /// The kernels by their own symbols; none if there are no dropouts, and the function is the kernel itself.
  var members: [Member] = []

  /// One of the kernels: hands its streams to the function.
  struct Member {
    let symbol: String
    let streams: [Int]

    func emit(_ module: ModuleBuilder, calling name: String) {
      let function = module.addFunction(symbol, params: KernelFrame.parameters(module), result: module.void)
      let e = Emitter(module, function)
      e.call(module.function(named: name)!, function.parameters + streams.map { e.i32($0) })
      e.ret()
    }
  }

  /// The families of all kernels, in order of first use.
  static func families(_ generation: Generation) -> [KernelFamily] {
    var order: [Kernel] = []
    var kernels: [Kernel: [Int]] = [:]
    for (index, kernel) in generation.kernels.enumerated() {
      let common = kernel.withNumberedStreams
      if kernels[common] == nil { order.append(common) }
      kernels[common, default: []].append(index)
    }
    var taken = Set<String>()
    return order.map { kernel in
      let own = kernels[kernel]!
      let streams = kernel.streams.count
      if streams == 0 { return KernelFamily(kernel: kernel, streams: 0, symbol: generation.symbols[own[0]]) }
      let name = "mrm." + KernelNames.common(own.flatMap { generation.labels[$0] }) + ".shared"
      let members = own.map { Member(symbol: generation.symbols[$0], streams: generation.kernels[$0].streams) }
      let symbol = taken.insert(name).inserted ? name : "\(name).\(own[0])"
      return KernelFamily(kernel: kernel, streams: streams, symbol: symbol, members: members)
    }
  }
}
