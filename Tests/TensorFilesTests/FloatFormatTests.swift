import TensorFiles
import Testing

@Suite struct FloatFormatTests {
  @Test(arguments: [
    (FloatFormat.f16, 0x3C00 as UInt64, 1 as Float), (.f16, 0xC000, -2), (.f16, 0x7BFF, 65504), (.f16, 0x0001, 0x1p-24),
    (.f16, 0x83FF, -0x1.FF8p-15), (.f16, 0x7C00, .infinity), (.f16, 0xFC00, -.infinity), (.bf16, 0x3F80, 1),
    (.bf16, 0x0001, 0x1p-133), (.bf16, 0xFF80, -.infinity), (.f64, 0x3FB9_9999_9999_999A, 0.1),
    (.f64, 0x47F0_0000_0000_0000, .infinity), (.f32, 0x3DCC_CCCD, 0.1),
  ])
  func valuesAreThoseOfTheFormat(_ format: FloatFormat, _ bits: UInt64, _ value: Float) {
    #expect(format.value(bits) == value)
  }

  @Test func zerosKeepTheirSignsAndNumbersThatAreNoneStaySo() {
    #expect(format(.f16, 0x8000) == 0x8000_0000 && format(.f16, 0) == 0)
    #expect(FloatFormat.f16.value(0x7E01).isNaN && FloatFormat.bf16.value(0x7FC1).isNaN)
  }

  private func format(_ format: FloatFormat, _ bits: UInt64) -> UInt32 { format.value(bits).bitPattern }
}
