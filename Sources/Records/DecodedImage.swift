import CImageOps
import Support

/// The pixels of a JPEG or PNG file: 8-bit grey or RGB, alpha dropped. The format is told by content, not by name.
public struct DecodedImage: ~Copyable {
  private let pixels: mrm_image
  /// How many pixels of the file, across and down, became one.
  public let reduction: Int

  /// Decodes the file at `path`. A JPEG may be decoded at 1/`reduction` (1, 2, 4, 8) of its size.
  /// Absent: `noInput`. Empty, damaged, truncated, of another format or of absurd size: `badData`.
  public init(path: String, reduction: Int = 1) throws(Diagnostic) {
    try self.init(bytes: readFile(path), file: path, reduction: reduction)
  }

  /// Decodes `bytes`; `file` is the name that errors show.
  public init(bytes: [UInt8], file: String, reduction: Int = 1) throws(Diagnostic) {
    var image = mrm_image()
    do throws(Diagnostic) {
      try Self.call(file) { mrm_image_decode(bytes, bytes.count, UInt32(reduction), &image, $0) }
    } catch {
      mrm_image_free(&image)
      throw error
    }
    pixels = image
    self.reduction = image.width == image.full_width && image.height == image.full_height ? 1 : reduction
  }

  deinit {
    var pixels = self.pixels
    mrm_image_free(&pixels)
  }

  /// The width in pixels, as decoded.
  public var width: Int { Int(pixels.width) }
  /// The height in pixels, as decoded.
  public var height: Int { Int(pixels.height) }
  /// 1 (grey; also a colour image whose channels agree) or 3 (RGB).
  public var channels: Int { Int(pixels.channels) }
  /// The size that the file states: larger than what was decoded when reduced.
  public var fullSize: (width: Int, height: Int) { (Int(pixels.full_width), Int(pixels.full_height)) }

  /// A copy of the pixels: rows top to bottom, `channels` bytes each.
  public var bytes: [UInt8] {
    Array(UnsafeBufferPointer(start: pixels.pixels, count: width * height * channels))
  }

  /// The size of an image without decoding its pixels; errors as `init`.
  public static func size(bytes: [UInt8], file: String) throws(Diagnostic) -> (width: Int, height: Int) {
    var width: UInt32 = 0
    var height: UInt32 = 0
    try call(file) { mrm_image_size(bytes, bytes.count, &width, &height, $0) }
    return (Int(width), Int(height))
  }

  /// Resamples into `planes` × `size` × `size` floats, normalised; see ``CropPlan``.
  /// A grey image fills all planes alike; a colour image gives its luma when one plane is asked for.
  public func write(
    _ crop: CropPlan, planes: Int, normalization: ImageNormalization, to out: UnsafeMutablePointer<Float>
  ) throws(Diagnostic) {
    var plan = crop.resamplePlan(decodedWidth: width, decodedHeight: height, reduction: reduction)
    plan.channels = UInt32(planes)
    plan.mean = normalization.mean
    plan.std = normalization.std
    let status = withUnsafePointer(to: pixels) { mrm_image_resample($0, &plan, out) }
    if status != MRM_IMAGE_OK { throw Diagnostic(.failure, "out of memory while resampling an image") }
  }

  private static func call(
    _ file: String, _ body: (UnsafeMutablePointer<CChar>) -> mrm_image_status
  ) throws(Diagnostic) {
    var message = [CChar](repeating: 0, count: Int(MRM_IMAGE_MESSAGE_BYTES))
    let status = message.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    if status == MRM_IMAGE_OK { return }
    let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw Diagnostic(status == MRM_IMAGE_BAD ? .badData : .failure, at: SourceLocation(file: file), text)
  }
}
