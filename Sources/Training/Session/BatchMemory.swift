import Data
import Execution

/// The tensors of one micro-batch. Training keeps two: one is filled while the other is trained on.
final class BatchMemory: Sendable {
  let tensors: TensorBlock
  let buffers: FeedBuffers

  /// `parts`: all tensors of the feeds that are read.
  init(_ parts: [Feed.Part]) throws(Diagnostic) {
    let tensors = try TensorBlock(parts.map { (name: $0.port.description, byteCount: $0.type.byteCount) })
    self.tensors = tensors
    var addresses: [FeedPort: UnsafeMutableRawPointer] = [:]
    for part in parts { addresses[part.port] = tensors[part.port.description]!.baseAddress }
    buffers = FeedBuffers(addresses)
  }

  /// The address of a tensor; nil where no feed of that name is read.
  func address(_ port: FeedPort) -> UnsafeMutableRawPointer? { tensors[port.description]?.baseAddress }
}
