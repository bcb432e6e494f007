/// A kernel's figures in columns.
public enum KernelFigures {
  /// FLOPs of products per byte read or written.
  public static func intensity(_ flops: Double, _ bytes: Double) -> Double { bytes > 0 ? flops / bytes : 0 }

  /// Number, MFLOP, bytes, intensity and name in columns; nothing where there are no products.
  public static func line(_ index: Int, _ flops: Double, _ bytes: Double, _ name: String) -> String {
    "  " + paddedLeft("\(index)", 5) + paddedLeft(flops == 0 ? "" : (flops * 1e-6).fixed(flops < 1e7 ? 2 : 0), 11)
      + paddedLeft(byteText(Int(bytes)), 11) + paddedLeft(flops == 0 ? "" : intensity(flops, bytes).fixed(1), 9)
      + "  " + name
  }
}
