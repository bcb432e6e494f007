/// The built-in font of pictures: printable ASCII, 5x7 dots with two rows below the base line.
/// Anything else shows as `?`.
public enum BitmapFont {
  /// Dots of a glyph.
  public static let glyphWidth = 5
  public static let glyphHeight = 9
  /// Dots from one character to the next, and from one line to the next.
  public static let cellWidth = 6
  public static let cellHeight = 11

  /// One row of a glyph, its leftmost dot in bit `glyphWidth - 1`.
  public static func row(_ row: Int, of scalar: Unicode.Scalar) -> UInt8 {
    let index = scalar.value >= 32 && scalar.value < 127 ? Int(scalar.value) - 32 : 31
    return UInt8(glyphs[index] >> UInt64((glyphHeight - 1 - row) * glyphWidth) & 31)
  }

  /// The width of a line of text in pixels, without the gap after its last character.
  public static func width(of text: String, scale: Int = 1) -> Int {
    max(0, text.unicodeScalars.count * cellWidth - 1) * scale
  }

  /// Nine rows of five dots each, top row in the highest bits, from space to `~`.
  private static let glyphs: [UInt64] = [
    0x0000_0000_0000, 0x0421_0840_1000, 0x0a52_8000_0000, 0x0a57_d5f5_2800, 0x047d_1c5f_1000,  //   ! " # $
    0x19c8_8889_cc00, 0x0c94_9939_3400, 0x0421_0000_0000, 0x0222_1082_0800, 0x0820_8422_2000,  // % & ' ( )
    0x0025_5d52_0000, 0x0021_3e42_0000, 0x0000_0003_1100, 0x0000_3e00_0000, 0x0000_0006_3000,  // * + , - .
    0x0108_8888_4000, 0x0e8c_eb98_b800, 0x0461_0842_3800, 0x0e88_4c88_7c00, 0x0e88_4c18_b800,  // / 0 1 2 3
    0x0232_a5f1_0800, 0x1f87_8218_b800, 0x0644_3d18_b800, 0x1f08_8844_2000, 0x0e8c_5d18_b800,  // 4 5 6 7 8
    0x0e8c_5e11_3000, 0x0063_00c6_0000, 0x0031_8062_2000, 0x0111_1041_0400, 0x0007_c1f0_0000,  // 9 : ; < =
    0x1041_0444_4000, 0x0e88_4c40_1000, 0x0e8d_eb78_3800, 0x0e8c_7f18_c400, 0x1e8c_7d18_f800,  // > ? @ A B
    0x0e8c_2108_b800, 0x1e8c_6318_f800, 0x1f84_3d08_7c00, 0x1f84_3d08_4000, 0x0e8c_2f18_bc00,  // C D E F G
    0x118c_7f18_c400, 0x0e21_0842_3800, 0x0710_8429_3000, 0x1195_3149_4400, 0x1084_2108_7c00,  // H I J K L
    0x11dd_6b18_c400, 0x11ce_6b39_c400, 0x0e8c_6318_b800, 0x1e8c_7d08_4000, 0x0e8c_6359_3400,  // M N O P Q
    0x1e8c_7d49_4400, 0x0e8c_1c18_b800, 0x1f21_0842_1000, 0x118c_6318_b800, 0x118c_62a5_1000,  // R S T U V
    0x118c_6b5d_c400, 0x118a_88a8_c400, 0x118a_8842_1000, 0x1f08_8888_7c00, 0x0e42_1084_3800,  // W X Y Z [
    0x1082_0820_8400, 0x0e10_8421_3800, 0x0454_4000_0000, 0x0000_0000_03e0, 0x0820_0000_0000,  // \ ] ^ _ `
    0x0003_82f8_bc00, 0x1087_a318_f800, 0x0003_a308_b800, 0x010b_e318_bc00, 0x0003_a3f8_3800,  // a b c d e
    0x064a_3c84_2000, 0x0003_e318_bc2e, 0x1085_b318_c400, 0x0403_0842_3800, 0x0201_8421_0a4c,  // f g h i j
    0x1084_a98a_4800, 0x0c21_0842_3800, 0x0006_ab5a_d400, 0x0005_b318_c400, 0x0003_a318_b800,  // k l m n o
    0x0007_a318_fa10, 0x0003_e318_bc21, 0x0005_b308_4000, 0x0003_e0e0_f800, 0x0847_9084_9800,  // p q r s t
    0x0004_6319_b400, 0x0004_6315_1000, 0x0004_635a_a800, 0x0004_5445_4400, 0x0004_6318_bc2e,  // u v w x y
    0x0007_c444_7c00, 0x0221_1042_0800, 0x0421_0842_1000, 0x0821_0442_2000, 0x0002_2a20_0000,  // z { | } ~
  ]
}
