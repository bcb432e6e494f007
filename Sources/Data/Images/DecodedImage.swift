import CImageOps

/// The pixels of a JPEG or PNG file: 8-bit grey or RGB, alpha dropped. The format is told by content, not by name.
public struct DecodedImage: ~Copyable {
  private let pixels: mrm_image

  /// Decodes the file at `path`.
  /// Absent: `noInput`. Empty, damaged, truncated, of another format or of absurd size: `badData`.
  public init(path: String) throws(Diagnostic) {
    try self.init(bytes: readFile(path), file: path)
  }

  /// Decodes `bytes`; `file` is the name that errors show.
  public init(bytes: [UInt8], file: String) throws(Diagnostic) {
    var image = mrm_image()
    do throws(Diagnostic) {
      try Self.call(file) { mrm_image_decode(bytes, bytes.count, &image, $0) }
    } catch {
      mrm_image_free(&image)
      throw error
    }
    pixels = image
  }

  deinit {
    var pixels = self.pixels
    mrm_image_free(&pixels)
  }

  /// The width in pixels.
  public var width: Int { Int(pixels.width) }
  /// The height in pixels.
  public var height: Int { Int(pixels.height) }
  /// 1 (grey; also a colour image whose channels agree) or 3 (RGB).
  public var channels: Int { Int(pixels.channels) }

  /// A copy of the pixels: rows top to bottom, `channels` bytes each.
  public var bytes: [UInt8] {
    Array(UnsafeBufferPointer(start: pixels.pixels, count: width * height * channels))
  }

  /// Resamples into `planes` × `size` × `size` floats, normalised; see ``CropPlan``.
  /// A grey image fills all planes alike; a colour image gives its luma when one plane is asked for.
  public func write(
    _ crop: CropPlan, planes: Int, normalization: ImageFeed.Normalization, to out: UnsafeMutablePointer<Float>
  ) throws(Diagnostic) {
    var plan = crop.resamplePlan
    plan.channels = UInt32(planes)
    plan.mean = Float(normalization.mean)
    plan.std = Float(normalization.std)
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
