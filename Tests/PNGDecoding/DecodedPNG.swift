import CPNG

/// A PNG file read back through libpng: its size and its pixels, RGB.
public struct DecodedPNG {
  public private(set) var width = 0
  public private(set) var height = 0
  public private(set) var pixels: [UInt8] = []

  /// nil if libpng cannot read the bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.withUnsafeBytes({ read($0) }) else { return nil }
  }

  /// libpng keeps the address of the bytes between its calls.
  private mutating func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else { return false }
    image.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    width = Int(image.width)
    height = Int(image.height)
    pixels = [UInt8](repeating: 0, count: width * height * 3)
    return png_image_finish_read(&image, nil, &pixels, 0, nil) != 0
  }
}
