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
    "zip", "legacy", "protocol4", "before2", "narrow", "strided", "strided-legacy", "shared", "metadata",
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

  @Test(arguments: ["zip", "legacy", "strided-legacy", "protocol4"])
  func damagedFilesAreErrorsOrTheSame(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let whole = try readFile("\(Self.folder)/\(name).pth")
    for count in 0..<whole.count {
      try AtomicFile.write(Array(whole[..<count]), to: directory("cut"))
      #expect(throws: Diagnostic.self) { try openTensorFile(directory("cut")) }
    }
    // Any byte may be any other: what comes is an error or tensors, and takes no longer.
    for place in whole.indices {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[place] ^= change
        try AtomicFile.write(bytes, to: directory("changed"))
        do throws(Diagnostic) {
          let file = try openTensorFile(directory("changed"))
          for tensor in file.tensors where tensor.format != nil && tensor.shape.reduce(1, *) < 1000 {
            _ = try file.floats(tensor.name)
          }
        } catch {
          #expect(error.code == .badData && error.location?.file == directory("changed"), "\(error)")
        }
      }
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
    for (bytes, message) in [([0x1F, 0x8B, 8, 0], "gzip"), ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], "HDF5")] {
      try AtomicFile.write(bytes as [UInt8], to: directory("m"))
      let error = #expect(throws: Diagnostic.self) { try openTensorFile(directory("m")) }
      #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }
    #expect(#expect(throws: Diagnostic.self) { try openTensorFile(directory("absent")) }?.code == .noInput)
  }
}
