import Glibc
import Support
import Testing

@Suite struct SafeTensorsTests {
  @Test func tensorsRoundTripInTheOrderGiven() throws {
    let directory = try TemporaryDirectory()
    let path = directory("m.safetensors")
    let entries: [SafeTensors.Entry] = [
      .init(name: "z", dtype: .f32, shape: [2, 3]), .init(name: "a", dtype: .i64, shape: []),
      .init(name: "flag", dtype: .bool, shape: [3]), .init(name: "none", dtype: .bf16, shape: [0, 4]),
    ]
    let writer = try SafeTensorsWriter(path: path, tensors: entries, metadata: [.init("format", "pt")])
    try writer.write([1, 2, 3, 4, 5, -6.5] as [Float])
    try writer.write([-7 as Int64])
    try writer.write([1, 0, 1] as [UInt8])
    #expect(fileKind(path) == .absent)
    try writer.finish()
    let reader = try SafeTensorsReader(path: path)
    #expect(reader.tensors == entries)
    #expect(reader.metadata == [.init("format", "pt")])
    #expect(try reader.floats("z") == [1, 2, 3, 4, 5, -6.5])
    #expect(try reader.bytes("a") == [0xF9] + [UInt8](repeating: 0xFF, count: 7))
    #expect(try reader.bytes("flag") == [1, 0, 1])
    #expect(try reader.bytes("none").isEmpty)
    let header = try readFile(path)[0].advanced(by: 0)
    #expect(header % 8 == 0)
    #expect(diagnostic { () throws(Diagnostic) in _ = try reader.floats("a") }.message.contains("I64 []"))
    #expect(diagnostic { () throws(Diagnostic) in _ = try reader.floats("b") }.message.contains("\"b\" is missing"))
  }

  /// (header, bytes of data, what the message holds)
  static let malformed: [(String, Int, String)] = [
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, "tensor \"b\": its bytes overlap those of \"a\""
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      12, "tensor \"b\": a gap of 4 bytes"
    ),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "tensor \"a\": F32 [3] needs 12 bytes"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#, 8, "tensor \"a\": data_offsets [0, 12] are outside"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "tensor \"a\": data_offsets [8, 0] are outside"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "tensor \"a\": the shape holds -2"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8,
      "tensor \"a\": the shape is too large"
    ),
    (#"{"a":{"dtype":"F33","shape":[2],"data_offsets":[4,8]}}"#, 8, "tensor \"a\": a gap of 4 bytes"),
    (#"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,9]}}"#, 8, "tensor \"a\": data_offsets [0, 9] are outside"),
    (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, 8, "tensor \"a\": no dtype"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8, "tensor \"a\": no data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "4 bytes after the last tensor"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, "\"a\" appears twice"
    ),
    (
      "{\"\u{e9}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        + "\"e\u{301}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "encoded differently"
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, "\"a\" is not a string"),
    (#"[1]"#, 0, "not a JSON object"), (#"{"a":"#, 0, "not valid JSON"),
  ]

  @Test(arguments: malformed)
  func malformedHeadersAreRefused(header: String, dataBytes: Int, message: String) throws {
    let directory = try TemporaryDirectory()
    let text = Array(header.utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) }
    try AtomicFile.write(length + text + [UInt8](repeating: 0, count: dataBytes), to: directory("m"))
    let error = diagnostic { () throws(Diagnostic) in _ = try SafeTensorsReader(path: directory("m")) }
    #expect(error.code == .badData)
    #expect(error.description.hasPrefix(directory("m") + ": error: "))
    #expect(error.message.contains(message), "\(error)")
  }

  /// Element types of later versions of the format, some of less than a byte.
  @Test(arguments: [("F8_E4M3", 4), ("C64", 32), ("F4", 2)])
  func tensorsOfUnknownTypesAreReadPast(type: String, bytes: Int) throws {
    let directory = try TemporaryDirectory()
    let header =
      #"{"scale":{"dtype":"\#(type)","shape":[4],"data_offsets":[0,\#(bytes)]},"#
      + #""a":{"dtype":"F32","shape":[1],"data_offsets":[\#(bytes),\#(bytes + 4)]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> ($0 * 8)) }
    try AtomicFile.write(
      length + Array(header.utf8) + [UInt8](repeating: 7, count: bytes) + [0, 0, 0x80, 0x3F], to: directory("m"))
    let reader = try SafeTensorsReader(path: directory("m"))
    #expect(try reader.floats("a") == [1])
    #expect(reader.tensors.map(\.name) == ["a"] && reader.unreadable["scale"]?.typeText == "\(type) [4]")
    let error = diagnostic { () throws(Diagnostic) in _ = try reader.bytes("scale") }
    #expect(error.code == .badData && error.message.contains("\"scale\" is \(type) [4]"), "\(error)")
  }

  @Test func hugeTruncatedAndAbsentFilesAreRefused() throws {
    let directory = try TemporaryDirectory()
    let cases: [([UInt8], String)] = [
      ([], "too short"), ([1, 2, 3], "too short"), ([UInt8](repeating: 0xFF, count: 16), "is said to be"),
      ([0, 0, 0, 0, 1, 0, 0, 0, 0x7B], "is said to be"), ([200, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], "is cut off"),
    ]
    for (bytes, message) in cases {
      try AtomicFile.write(bytes, to: directory("m"))
      let error = diagnostic { () throws(Diagnostic) in _ = try SafeTensorsReader(path: directory("m")) }
      #expect(error.code == .badData && error.message.contains(message), "\(error)")
    }
    #expect(diagnostic { () throws(Diagnostic) in _ = try SafeTensorsReader(path: directory("x")) }.code == .noInput)
    #expect(diagnostic { () throws(Diagnostic) in _ = try SafeTensorsReader(path: directory.path) }.code == .badData)
  }

  @Test func aFileCutWhileOpenIsAnError() throws {
    let directory = try TemporaryDirectory()
    let writer = try SafeTensorsWriter(
      path: directory("m"), tensors: [.init(name: "a", dtype: .f32, shape: [1000])])
    try writer.write([Float](repeating: 1, count: 1000))
    try writer.finish()
    let reader = try SafeTensorsReader(path: directory("m"))
    truncate(directory("m"), 500)
    #expect(diagnostic { () throws(Diagnostic) in _ = try reader.floats("a") }.message.contains("ends too early"))
  }
}
