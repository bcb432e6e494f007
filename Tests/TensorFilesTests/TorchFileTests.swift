import Glibc
import Support
import TensorFiles
import Testing

/// Files that PyTorch wrote (`make_samples.py`), and what PyTorch finds in them.
@Suite struct TorchFileTests {
  static let folder = directoryName(#filePath) + "/Samples"

  /// Bit for bit, but that numbers that are none are any of them.
  private func expectEqual(_ file: any TensorFile, _ truth: SafeTensorsReader) throws {
    #expect(file.tensors.filter { $0.format != nil }.map(\.name).sorted() == truth.tensors.map(\.name).sorted())
    for entry in truth.tensors {
      #expect(file[entry.name]?.shape == entry.shape, "\(entry.name)")
      let (found, expected) = (try file.floats(entry.name), try truth.floats(entry.name))
      #expect(
        found.count == expected.count
          && zip(found, expected).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN },
        "\(file.path) \(entry.name): \(found), expected \(expected)")
    }
  }

  @Test(arguments: [
    "zip", "zip64", "legacy", "protocol4", "before2", "narrow", "strided", "strided-legacy", "shared", "metadata",
  ])
  func tensorsAreThoseOfPyTorch(_ name: String) throws {
    let truth = try SafeTensorsReader(path: "\(Self.folder)/\(name).safetensors")
    #expect(!truth.tensors.isEmpty)
    try expectEqual(try openTensorFile("\(Self.folder)/\(name).pth"), truth)
    try expectEqual(try openTensorFile("\(Self.folder)/\(name).safetensors"), truth)
  }

  @Test func numbersThatAreNoFloatsAreRefusedByName() throws {
    let file = try openTensorFile("\(Self.folder)/metadata.pth")
    #expect(file["bn.num_batches_tracked"]?.typeText == "I64 []")
    let error = #expect(throws: Diagnostic.self) { try file.floats("bn.num_batches_tracked") }
    #expect(error?.code == .badData && error?.message.contains("\"bn.num_batches_tracked\" is I64 []") == true)
    #expect(throws: Diagnostic.self) { try file.floats("absent") }
  }

  @Test(arguments: [
    ("system", "asks for \"posix.system\""), ("eval", "asks for \"__builtin__.eval\""),
    ("module", "asks for \"torch.nn.modules.linear.Linear\""), ("deflated", "is a compressed zip archive"),
    ("foreign", "without a data.pkl"), ("short", "tensor \"cls_token\": its storage has 12 bytes, expected 4 elements"),
  ])
  func whatIsNoWeightsIsRefused(_ name: String, _ message: String) {
    let path = "\(Self.folder)/\(name).pth"
    let error = #expect(throws: Diagnostic.self) { try openTensorFile(path) }
    #expect(error?.code == .badData && error?.location?.file == path)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    if message.hasPrefix("asks") { #expect(error?.notes.first?.contains("state_dict()") == true) }
  }

  @Test(arguments: ["zip", "strided-legacy", "protocol4"])
  func damagedFilesAreErrors(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let whole = try readFile("\(Self.folder)/\(name).pth")
    for count in 0..<whole.count {
      try write(whole[..<count], to: directory("cut"))
      #expect(throws: Diagnostic.self, "\(count) bytes") { try openTensorFile(directory("cut")) }
    }
    // A byte that is another may leave tensors; else the error is the file's.
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= [0x01, 0x80, 0xFF][place % 3]
      try write(bytes[...], to: directory("changed"))
      do throws(Diagnostic) {
        let file = try openTensorFile(directory("changed"))
        for tensor in file.tensors where tensor.format != nil { _ = try file.floats(tensor.name) }
      } catch {
        #expect(error.code == .badData && error.location?.file == directory("changed"), "\(error)")
      }
    }
  }

  private func write(_ bytes: ArraySlice<UInt8>, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    #expect(bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) } == bytes.count)
  }

  // MARK: Hostile pickles

  /// A zip archive with the pickle and one storage, `0`, of one f32 element.
  private func open(pickle: [UInt8]) throws -> any TensorFile {
    let directory = try TemporaryDirectory()
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    var (bytes, list): ([UInt8], [UInt8]) = ([], [])
    for (name, data) in [("a/data.pkl", pickle), ("a/data/0", [0, 0, 0x80, 0x3F])] {
      let sizes = little(0, 4) + little(data.count, 4) + little(data.count, 4) + little(name.utf8.count, 2)
      let head = little(10, 2) + little(0, 2) + little(0, 2) + little(0, 4) + sizes
      list += [0x50, 0x4B, 1, 2] + little(10, 2) + head + little(0, 12) + little(bytes.count, 4) + Array(name.utf8)
      bytes += [0x50, 0x4B, 3, 4] + head + little(0, 2) + Array(name.utf8) + data
    }
    let end = [0x50, 0x4B, 5, 6] + little(0, 4) + little(2, 2) + little(2, 2) + little(list.count, 4)
    try write((bytes + list + end + little(bytes.count, 4) + little(0, 2))[...], to: directory("m"))
    return try openTensorFile(directory("m"))
  }

  private func text(_ value: String) -> [UInt8] { [0x8C, UInt8(value.utf8.count)] + Array(value.utf8) }
  private func integer(_ value: Int64) -> [UInt8] { [0x8A, 8] + withUnsafeBytes(of: value.littleEndian) { Array($0) } }

  /// `{"w": tensor}` with these numbers.
  private func pickle(count: Int64, offset: Int64, shape: [Int64], strides: [Int64]) -> [UInt8] {
    let storage =
      [0x28] + text("storage") + Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cuda:7") + integer(count)
      + [0x74, 0x51]
    func tuple(_ values: [Int64]) -> [UInt8] { [0x28] + values.flatMap(integer) + [0x74] }
    let rebuild = Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8)
    return [0x80, 2, 0x7D] + text("w") + rebuild + [0x28] + storage + integer(offset) + tuple(shape) + tuple(strides)
      + [0x89, 0x4E, 0x74, 0x52, 0x73, 0x2E]
  }

  @Test func viewsStayWithinTheirStorage() throws {
    let good = try open(pickle: pickle(count: 1, offset: 0, shape: [2, 1], strides: [0, 7]))
    #expect(good["w"]?.typeText == "F32 [2, 1]")
    #expect(try good.floats("w") == [1, 1])
    let most = Int64.max
    let bad: [(Int64, Int64, [Int64], [Int64])] = [
      (1, 0, [2], [1]), (1, 1, [1], [1]), (1, -1, [1], [1]), (1, 0, [2], [-1]), (1, 0, [-2], [1]), (1, 0, [1], [1, 1]),
      (2, 0, [2], [1]), (most, 0, [1], [1]), (-1, 0, [0], [1]), (1, 0, [most, most], [most, most]),
      (1, most, [1], [1]), (1, 0, [Int64](repeating: 1, count: 65), [Int64](repeating: 1, count: 65)),
    ]
    for (count, offset, shape, strides) in bad {
      let pickle = pickle(count: count, offset: offset, shape: shape, strides: strides)
      let error = #expect(throws: Diagnostic.self, "\(shape)") { try open(pickle: pickle) }
      #expect(error?.code == .badData)
    }
    let large = try open(pickle: pickle(count: 1, offset: 0, shape: [1 << 40, 1 << 40], strides: [0, 0]))
    let error = #expect(throws: Diagnostic.self) { try large.floats("w") }
    #expect(error?.message.contains("\"w\": the shape") == true)
  }

  @Test func nestingIsNoRecursionAndOperationsAreCounted() throws {
    let deep = [0x80, 2] + [UInt8](repeating: 0x5D, count: 200_000) + [UInt8](repeating: 0x61, count: 199_999) + [0x2E]
    let itself = [0x80, 2, 0x7D, 0x71, 0] + text("model") + [0x68, 0, 0x73, 0x2E]
    let long = [0x80, 2] + [UInt8](repeating: 0x4E, count: 4_000_100) + [0x2E]
    for (pickle, message) in [
      (deep, "no dictionary of tensors"), (itself, "no dictionary of tensors"), (long, "more than 4000000 operations"),
      ([0x80, 2, 0x2E], "does not hold together"), ([0x80, 2, 0x69], "0x69"), ([0x80, 2, 0x68, 9], "does not hold"),
      ([0x80, 2, 0x58, 0xFF, 0xFF, 0xFF, 0xFF], "is cut off"),
      ([0x80, 2, 0x8D] + [UInt8](repeating: 0xFF, count: 8), "cut"),
    ] {
      let error = #expect(throws: Diagnostic.self) { try open(pickle: pickle) }
      #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }
  }

  // MARK: Other kinds of files

  @Test(arguments: [
    ("", "is empty"), ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "is a Git LFS pointer"),
    ("\n <!DOCTYPE html><html>", "is a web page"), ("<HTML>", "is a web page"),
    ("GGUF\u{3}\u{0}\u{0}\u{0}", "is a GGUF file"),
    ("some text that is no file of weights", "not a safetensors file"),
  ])
  func otherFilesAreNamed(_ text: String, _ message: String) throws {
    let directory = try TemporaryDirectory()
    try AtomicFile.write(Array(text.utf8), to: directory("model.pth"))
    let error = #expect(throws: Diagnostic.self) { try openTensorFile(directory("model.pth")) }
    #expect(error?.code == .badData && error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test func compressedFilesAreNamed() throws {
    let directory = try TemporaryDirectory()
    let files: [([UInt8], String)] = [
      ([0x1F, 0x8B, 8, 0], "gzip"), ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], "HDF5"),
    ]
    for (bytes, message) in files {
      try AtomicFile.write(bytes, to: directory("m"))
      let error = #expect(throws: Diagnostic.self) { try openTensorFile(directory("m")) }
      #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }
    #expect(#expect(throws: Diagnostic.self) { try openTensorFile(directory("absent")) }?.code == .noInput)
  }
}
