import Data
import Testing

@Suite("Images")
struct ImageTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    var name: String
    var width: Int
    var height: Int
    var channels: Int
    var hash: String
    var testDescription: String { name }
  }

  static let expected: [Expected] = {
    guard let members = try? JSON.read(path: samples + "images.json").members else { return [] }
    return members.map { member in
      Expected(
        name: member.key, width: member.value["width"]?.intValue ?? 0, height: member.value["height"]?.intValue ?? 0,
        channels: member.value["channels"]?.intValue ?? 0, hash: member.value["hash"]?.stringValue ?? "")
    }
  }()

  @Test("the samples are there")
  func samplesExist() { #expect(Self.expected.count == 23) }

  @Test("pixels are those that Pillow decodes, alpha dropped, 16 bits scaled", arguments: expected)
  func pixels(_ expected: Expected) throws {
    let image = try DecodedImage(path: samples + expected.name)
    #expect(image.width == expected.width)
    #expect(image.height == expected.height)
    #expect(image.channels == expected.channels)
    var hash = StableHash()
    hash.update(image.bytes)
    #expect(hash.hex == expected.hash)
  }

  @Test("every cut of a file is an error of one line, never a picture", arguments: expected)
  func truncated(_ expected: Expected) throws {
    let bytes = try readFile(samples + expected.name)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) + [bytes.count - 1] {
      expectDiagnostic(.badData, "cut.jpg: error:") {
        _ = try DecodedImage(bytes: Array(bytes[..<count]), file: "cut.jpg")
      }
    }
  }

  @Test("a damaged byte gives a picture or an error, never a crash", arguments: expected)
  func damaged(_ expected: Expected) throws {
    let bytes = try readFile(samples + expected.name)
    for place in stride(from: 2, to: bytes.count, by: max(1, bytes.count / 150)) {
      for flip in [UInt8(0xFF), 0x01, 0x80] {
        var damaged = bytes
        damaged[place] ^= flip
        do throws(Diagnostic) {
          _ = try DecodedImage(bytes: damaged, file: "damaged").width
        } catch {
          #expect(error.code == .badData)
          #expect(!error.message.isEmpty && !error.description.contains("\n"))
        }
      }
    }
  }

  @Test("files that are no images are told apart")
  func foreign() {
    let decode = { (bytes: [UInt8]) throws in _ = try DecodedImage(bytes: bytes, file: "x.png") }
    expectDiagnostic(.badData, "x.png: error:", "empty") { try decode([]) }
    expectDiagnostic(.badData, "x.png: error:", "not a JPEG or PNG") { try decode(Array("hello".utf8)) }
    expectDiagnostic(.badData, "DICOM") { try decode([UInt8](repeating: 0, count: 128) + Array("DICM1234".utf8)) }
    expectDiagnostic(.badData, "TIFF") { try decode(Array("II*\0rest".utf8)) }
    expectDiagnostic(.badData, "GIF") { try decode(Array("GIF89a".utf8)) }
    expectDiagnostic(.noInput, "no such file") { _ = try DecodedImage(path: samples + "absent.png") }
  }

  @Test("absurd sizes are refused before memory is asked for")
  func absurd() throws {
    var png = try readFile(samples + "grey8.png")
    png.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
    png.replaceSubrange(29..<33, with: crc32(png[12..<29]))
    expectDiagnostic(.badData, "65535 x 65535") { _ = try DecodedImage(bytes: png, file: "x.png") }
    var jpeg = try readFile(samples + "grey.jpg")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x40, 0, 0x40, 0])
    expectDiagnostic(.badData, "16384 x 16384") { _ = try DecodedImage(bytes: jpeg, file: "x.jpg") }
  }

  /// The CRC of a PNG chunk, big-endian.
  private func crc32(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: ~crc >> (24 - 8 * UInt32($0))) }
  }
}

private func + (left: StrideTo<Int>, right: [Int]) -> [Int] { Array(left) + right }
