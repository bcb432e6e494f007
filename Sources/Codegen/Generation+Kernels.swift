import BufferIR
import LLVMKit
import Support

extension Generation {
  /// Families in parts of like size, the largest part first.
  func parts(_ families: [KernelFamily], count: Int = 8) -> [[KernelFamily]] {
    var parts: [(families: [KernelFamily], size: Int)] = (0..<max(1, min(count, families.count))).map { _ in ([], 0) }
    for family in families {
      let smallest = parts.indices.min { parts[$0].size < parts[$1].size }!
      parts[smallest].families.append(family)
      parts[smallest].size += family.instructions
    }
    return parts.sorted { $0.size > $1.size }.map(\.families)
  }

  /// A module with the code of some families.
  func module(_ families: [KernelFamily]) throws(Diagnostic) -> ModuleBuilder {
    let module = ModuleBuilder(name: "kernels", target: options.target)
    for family in families { try family.emit(into: module, tiles: tiles) }
    return module
  }

  /// A module with the tiles that the kernels call.
  func tileModule() -> ModuleBuilder {
    let module = ModuleBuilder(name: "tiles", target: options.target)
    tiles.emit(into: module)
    return module
  }

  /// All kernels and their tiles in one module.
  func wholeModule() throws(Diagnostic) -> ModuleBuilder {
    let module = try module(try families())
    tiles.emit(into: module)
    return module
  }
}

extension Kernel {
  /// Emits the kernel as a function.
  /// - Parameters:
  ///   - tiles: notes the tiles it calls.
  ///   - streams: how many streams of dropouts the function takes; the kernel's are numbered.
  func emit(into module: ModuleBuilder, tiles: TileLibrary, symbol: String, streams: Int) throws(Diagnostic) {
    switch self {
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
  }
}
