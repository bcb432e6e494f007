/// The places where the tensors of one batch are written: row-major, owned by the caller, who keeps two sets to fill one
/// while the other is trained on.
public struct FeedBuffers: @unchecked Sendable {
  private let addresses: [FeedPort: UnsafeMutableRawPointer]

  /// The address of each tensor that the feeds write.
  public init(_ addresses: [FeedPort: UnsafeMutableRawPointer]) { self.addresses = addresses }

  /// The first number of a tensor; it must be there, and of that type.
  public func pointer<Element>(_ port: FeedPort, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    addresses[port]!.assumingMemoryBound(to: type)
  }
}
