import CPNG
import Glibc
import Support

/// What one pixel of a picture holds, 8 bits per channel.
public enum PixelFormat: Sendable, Hashable {
  case grey, rgb

  /// Bytes per pixel.
  public var channels: Int {
    switch self {
    case .grey: return 1
    case .rgb: return 3
    }
  }
}

/// Encodes 8-bit pictures as PNG (libpng's simplified interface, which never jumps over Swift frames).
public enum PNGWriter {
  /// The PNG file of a picture: `pixels` holds `height` rows of `width` pixels, top row first, without padding.
  /// `fast` trades some size for speed. A picture that libpng refuses is `failure`.
  public static func encode(
    _ pixels: [UInt8], width: Int, height: Int, format: PixelFormat, fast: Bool = false
  ) throws(Diagnostic) -> [UInt8] {
    precondition(pixels.count == width * height * format.channels, "pixels do not fill the picture")
    return try encode(
      pixels, width: width, height: height, format: format == .rgb ? UInt32(PNG_FORMAT_FLAG_COLOR) : 0, palette: nil,
      fast: fast)
  }

  /// The same for pixels that are places in a palette of 256 colours of three bytes.
  public static func encode(
    _ pixels: [UInt8], width: Int, height: Int, palette: [UInt8], fast: Bool = false
  ) throws(Diagnostic) -> [UInt8] {
    precondition(pixels.count == width * height && palette.count == 768, "pixels or palette have another size")
    return try encode(
      pixels, width: width, height: height, format: UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_COLORMAP),
      palette: palette, fast: fast)
  }

  private static func encode(
    _ pixels: [UInt8], width: Int, height: Int, format: UInt32, palette: [UInt8]?, fast: Bool
  ) throws(Diagnostic) -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(width)
    image.height = UInt32(height)
    image.format = format
    image.colormap_entries = palette == nil ? 0 : 256
    image.flags = fast ? UInt32(PNG_IMAGE_FLAG_FAST) : 0
    // Room for incompressible rows with their filter bytes, zlib's overhead and the chunks.
    let raw = pixels.count + height
    var size = raw + raw / 512 + 4096
    var bytes = [UInt8](repeating: 0, count: size)
    let written = pixels.withUnsafeBytes { source in
      bytes.withUnsafeMutableBytes { target in
        palette.withBytes {
          png_image_write_to_memory(&image, target.baseAddress, &size, 0, source.baseAddress, 0, $0)
        }
      }
    }
    guard written != 0 else {
      throw Diagnostic(.failure, "a picture of \(width)x\(height) pixels cannot be encoded: \(message(of: image))")
    }
    bytes.removeLast(bytes.count - size)
    return bytes
  }

  /// Encodes the picture and writes it, whole or not at all.
  public static func write(
    _ pixels: [UInt8], width: Int, height: Int, format: PixelFormat, to path: String
  ) throws(Diagnostic) {
    try AtomicFile.write(try encode(pixels, width: width, height: height, format: format), to: path)
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

extension Optional<[UInt8]> {
  /// Calls `body` with the address of the bytes, or with nil.
  fileprivate func withBytes<Result>(_ body: (UnsafeRawPointer?) -> Result) -> Result {
    guard let bytes = self else { return body(nil) }
    return bytes.withUnsafeBytes { body($0.baseAddress) }
  }
}
