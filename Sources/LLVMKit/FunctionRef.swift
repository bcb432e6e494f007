internal import CLLVM

/// A function of a module: declared or defined.
public struct FunctionRef: Equatable {
  let ref: OpaquePointer
  public let name: String

  init(_ ref: OpaquePointer, name: String) {
    self.ref = ref
    self.name = name
  }

  var type: OpaquePointer { LLVMGlobalGetValueType(ref) }

  /// The function's address, for tables of functions.
  public var address: Value { Value(ref) }

  public var parameterCount: Int { Int(LLVMCountParams(ref)) }

  /// The parameter at `index`, counted from 0.
  public func parameter(_ index: Int) -> Value {
    precondition(index < parameterCount, "\(name) has \(parameterCount) parameters, not \(index + 1)")
    return Value(LLVMGetParam(ref, UInt32(index)))
  }

  public var parameters: [Value] { (0..<parameterCount).map { parameter($0) } }
}

/// Who may refer to a function or a global.
public enum Linkage: Sendable, Hashable {
  case external
  /// Only its own module; keeps a symbol for debuggers and profilers.
  case `internal`
  /// Only its own module, without a symbol.
  case `private`

  var llvm: LLVMLinkage {
    switch self {
    case .external: LLVMExternalLinkage
    case .internal: LLVMInternalLinkage
    case .private: LLVMPrivateLinkage
    }
  }
}

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

  public init(
    target: Target? = nil, noAlias: [Int] = [], noUnwind: Bool = true, alwaysInline: Bool = false,
    noInline: Bool = false, framePointer: FramePointer = .nonLeaf
  ) {
    self.target = target
    self.noAlias = noAlias
    self.noUnwind = noUnwind
    self.alwaysInline = alwaysInline
    self.noInline = noInline
    self.framePointer = framePointer
  }
}
