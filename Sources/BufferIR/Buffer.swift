import TensorIR

/// Names one buffer of a program.
public struct BufferID: Hashable, Sendable, Comparable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: BufferID, b: BufferID) -> Bool { a.index < b.index }
}

/// A run of memory that kernels read and write.
public struct Buffer: Hashable, Sendable {
  public enum Storage: Hashable, Sendable {
    /// Lives in the arena; the memory plan gives it an offset.
    case temporary
    /// Part of the program's constant data, at this byte offset.
    case constant(Int)
    /// Given by the caller: input or output number.
    case input(Int)
    case output(Int)
  }
  public var storage: Storage
  public var byteCount: Int
  /// The type of what was first put there.
  public var element: ElementType
  /// What it holds, for dumps: a layer path or a binding's name.
  public var name: String
}

/// Strided elements of a buffer: element (i₀, i₁, …) is at `offset + Σ iₖ·strides[k]`, in elements.
public struct View: Hashable, Sendable {
  public var buffer: BufferID
  public var element: ElementType
  public var offset: Int
  public var shape: [Int]
  public var strides: [Int]

  /// A row-major view of a whole buffer.
  public init(_ buffer: BufferID, _ type: TensorType) {
    self.buffer = buffer
    element = type.element
    offset = 0
    shape = type.shape
    strides = type.strides
  }

  /// Whether the elements lie row-major without gaps.
  public var isContiguous: Bool {
    var step = 1
    for axis in shape.indices.reversed() where shape[axis] > 1 {
      if strides[axis] != step { return false }
      step *= shape[axis]
    }
    return true
  }

  public func transposed(_ permutation: [Int]) -> View {
    var view = self
    view.shape = permutation.map { shape[$0] }
    view.strides = permutation.map { strides[$0] }
    return view
  }

  public func sliced(_ slice: Slice) -> View {
    var view = self
    for axis in shape.indices {
      view.offset += slice.start[axis] * strides[axis]
      view.shape[axis] = (slice.limit[axis] - slice.start[axis] + slice.step[axis] - 1) / slice.step[axis]
      view.strides[axis] = strides[axis] * slice.step[axis]
    }
    return view
  }

  public func broadcast(_ broadcast: Broadcast) -> View {
    var view = self
    view.shape = broadcast.shape
    view.strides = [Int](repeating: 0, count: broadcast.shape.count)
    for (i, axis) in broadcast.axes.enumerated() {
      view.strides[axis] = shape[i] == 1 && broadcast.shape[axis] != 1 ? 0 : strides[i]
    }
    return view
  }

  /// The same elements under another shape, or nil if no strides can express it.
  public func reshaped(to target: [Int]) -> View? {
    // Groups of source axes are matched with groups of target axes of equal size; within a source group the strides
    // must chain.
    var view = self
    view.shape = target
    view.strides = [Int](repeating: 0, count: target.count)
    let source = shape.indices.filter { shape[$0] > 1 }
    let wanted = target.indices.filter { target[$0] > 1 }
    var (s, t) = (0, 0)
    while t < wanted.count {
      guard s < source.count else { return nil }
      var (sEnd, tEnd) = (s + 1, t + 1)
      var (sSize, tSize) = (shape[source[s]], target[wanted[t]])
      while sSize != tSize {
        if sSize < tSize {
          guard sEnd < source.count else { return nil }
          if strides[source[sEnd - 1]] != strides[source[sEnd]] * shape[source[sEnd]] { return nil }
          sSize *= shape[source[sEnd]]
          sEnd += 1
        } else {
          guard tEnd < wanted.count else { return nil }
          tSize *= target[wanted[tEnd]]
          tEnd += 1
        }
      }
      var step = strides[source[sEnd - 1]]
      for i in (t..<tEnd).reversed() {
        view.strides[wanted[i]] = step
        step *= target[wanted[i]]
      }
      for i in s..<(sEnd - 1) where strides[source[i]] != strides[source[i + 1]] * shape[source[i + 1]] { return nil }
      (s, t) = (sEnd, tEnd)
    }
    return s == source.count ? view : nil
  }
}
