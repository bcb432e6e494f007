import LLVMKit
import Synchronization

/// The tiles that kernels call. Emitting a kernel, on any thread, notes the tiles it needs; each is emitted once.
final class TileLibrary: Sendable {
  private let tiles = Mutex<[String: TileEmitter]>([:])

  /// The tile's function, declared where it is called from.
  func function(_ tile: TileEmitter, in module: ModuleBuilder) -> FunctionRef {
    tiles.withLock { $0[tile.name] = tile }
    return tile.declare(in: module)
  }

  /// Emits the tiles that have been asked for, in the order of their names.
  func emit(into module: ModuleBuilder) {
    for (_, tile) in tiles.withLock({ $0 }).sorted(by: { $0.key < $1.key }) { tile.emit(into: module) }
  }
}
