/// Counter-based random numbers: value n of a stream depends on nothing but (seed, record, stream, n), so a record is
/// the same however many stand before it.
struct PhantomRandom {
  private let key: UInt64
  private var counter: UInt64 = 0

  /// What the numbers of a stream decide; a new use gets a stream of its own, which leaves the others as they are.
  enum Stream: UInt64 {
    case appearance = 1
    case findings, anatomy, device, report
  }

  init(seed: UInt64, record: Int, stream: Stream) {
    key = Self.mix(Self.mix(Self.mix(seed) &+ UInt64(bitPattern: Int64(record))) &+ stream.rawValue)
  }

  mutating func next() -> UInt64 {
    counter &+= 1
    return Self.mix(key &+ counter &* 0x9e37_79b9_7f4a_7c15)
  }

  /// Uniform in [0, 1).
  mutating func unit() -> Float { Float(next() >> 40) / Float(1 << 24) }

  /// Uniform in the range.
  mutating func uniform(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// True with the given probability.
  mutating func chance(_ probability: Float) -> Bool { unit() < probability }

  /// Uniform in 0..<count.
  mutating func index(_ count: Int) -> Int { Int(((next() >> 32) &* UInt64(count)) >> 32) }

  /// One of the elements, each as likely as the others.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[index(elements.count)] }

  /// One of the cases, each as likely as the others.
  mutating func pick<Value: CaseIterable>(_ type: Value.Type) -> Value { pick(Array(type.allCases)) }

  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in stride(from: result.count - 1, to: 0, by: -1) { result.swapAt(last, index(last + 1)) }
    return result
  }

  /// The finaliser of splitmix64.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
