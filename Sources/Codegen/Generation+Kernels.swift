import BufferIR
import LLVMKit
import Support

extension Generation {
  /// The code of all kernels in modules that can be compiled side by side, the largest first.
  func kernelModules(parts: Int = 8) throws(Diagnostic) -> [ModuleBuilder] {
    let families = KernelFamily.families(self)
    var parts: [(module: ModuleBuilder, size: Int)] = (0..<max(1, min(parts, families.count))).map {
      (ModuleBuilder(name: "kernels\($0)", target: options.target), 0)
    }
    let tiles = parts.count == 1 ? parts[0].module : ModuleBuilder(name: "tiles", target: options.target)
    for family in families {
      let smallest = parts.indices.min { parts[$0].size < parts[$1].size }!
      let module = parts[smallest].module
      try emit(family, into: module, tiles: tiles)
      parts[smallest].size += module.function(named: family.symbol)!.instructionCount
    }
    let kernels = parts.sorted { $0.size > $1.size }.map(\.module)
    return parts.count == 1 ? kernels : [tiles] + kernels
  }

  private func emit(_ family: KernelFamily, into module: ModuleBuilder, tiles: ModuleBuilder) throws(Diagnostic) {
    let (symbol, streams) = (family.symbol, family.streams)
    switch family.kernel {
    case .loop(let loop): try LoopEmitter(module, loop, name: symbol, streams: streams).emit()
    case .product(let product):
      switch product.form {
      case .library: try ProductEmitter(module, product, name: symbol, streams: streams).emit()
      case .tiles: try TileProductEmitter(module, tiles: tiles, product, name: symbol, streams: streams).emit()
      }
    case .pack(let pack): PackEmitter(module, pack, name: symbol).emit()
    case .scatter(let scatter): ScatterEmitter(module, scatter, name: symbol).emit()
    case .sort(let sort): SortEmitter(module, sort, name: symbol).emit()
    case .argmax(let argmax): ArgmaxEmitter(module, argmax, name: symbol).emit()
    case .attention(let attention): try AttentionEmitter(module, tiles: tiles, attention, name: symbol).emit()
    case .crossEntropy(let kernel): CrossEntropyEmitter(module, kernel, name: symbol).emit()
    }
    for member in family.members { member.emit(module, calling: symbol) }
  }
}
