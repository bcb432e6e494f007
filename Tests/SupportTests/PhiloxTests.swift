import Support
import Testing

@Suite("Philox and random streams")
struct PhiloxTests {
  struct KnownAnswer: Sendable {
    var key: UInt64
    var counter: SIMD4<UInt32>
    var expected: SIMD4<UInt32>
  }

  static let knownAnswers = [
    KnownAnswer(key: 0, counter: SIMD4(), expected: SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    KnownAnswer(
      key: .max, counter: SIMD4(repeating: .max),
      expected: SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    KnownAnswer(
      key: 0x299f_31d0_a409_3822, counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      expected: SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)),
  ]

  @Test("Philox4x32-10 gives the known answers of Random123", arguments: knownAnswers)
  func knownAnswer(_ answer: KnownAnswer) {
    #expect(Philox(key: answer.key).block(answer.counter) == answer.expected)
  }

  @Test("streams that differ in seed, purpose, epoch or index share no start")
  func streamsDiffer() {
    var starts: Set<[UInt32]> = []
    var made = 0
    for seed in [UInt64(0), 1, 1 << 32] {
      for purpose in RandomPurpose.allCases {
        for epoch in 0..<3 {
          for index in [0, 1, 2, 1 << 32] {
            var stream = RandomStream(seed: seed, purpose: purpose, epoch: epoch, index: index)
            starts.insert((0..<8).map { _ in stream.nextWord() })
            made += 1
          }
        }
      }
    }
    #expect(starts.count == made)
  }

  @Test("floats and doubles stay in [0, 1) with the mean and variance of a uniform law")
  func uniform() {
    var stream = RandomStream(seed: 7, purpose: .imageNoise, epoch: 0, index: 3)
    let floats = (0..<20_000).map { _ in Double(stream.nextFloat()) }
    let doubles = (0..<20_000).map { _ in stream.nextDouble() }
    for values in [floats, doubles] {
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
      #expect(abs(mean - 0.5) < 0.01)
      #expect(abs(variance - 1.0 / 12) < 0.003)
    }
  }

  @Test("integers below n take every value, about equally often")
  func integers() {
    var stream = RandomStream(seed: 7, purpose: .crop, epoch: 0, index: 0)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<7000 { counts[stream.nextInt(below: 7)] += 1 }
    #expect(counts.allSatisfy { (850...1150).contains($0) })
    #expect(stream.nextInt(below: 1) == 0)
  }
}
