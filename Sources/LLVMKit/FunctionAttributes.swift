/// Which functions keep a frame pointer, so that profilers can walk the stack.
public enum FramePointer: String, Sendable, Hashable {
  case none = "none"
  case nonLeaf = "non-leaf"
  case all = "all"
}

/// What LLVM may assume about a function and how it is to generate code for it.
public struct FunctionAttributes: Sendable {
  /// CPU and features; nil keeps the target machine's.
  public var target: Target?
  /// Parameters (from 0) whose memory no other parameter reaches.
  public var noAlias: [Int]
  /// Never throws: emitted code does not.
  public var noUnwind: Bool
  public var alwaysInline: Bool
  /// Kept out of line, so that the code is shared.
  public var noInline: Bool
  public var framePointer: FramePointer
  /// Where its code begins is a multiple of so many bytes; 0: LLVM decides.
  public var alignment: Int

  public init(
    target: Target? = nil, noAlias: [Int] = [], noUnwind: Bool = true, alwaysInline: Bool = false,
    noInline: Bool = false, framePointer: FramePointer = .nonLeaf, alignment: Int = 0
  ) {
    self.target = target
    self.noAlias = noAlias
    self.noUnwind = noUnwind
    self.alwaysInline = alwaysInline
    self.noInline = noInline
    self.framePointer = framePointer
    self.alignment = alignment
  }
}
