import Contract
import Interpolation
import Testing

/// What files of weights may be like, through the hand-written model: `weight` [4], `bias` [1], which is a branch, and the
/// fixed table of positions `table` [1, 1 + 8 · 8, 16].
@Suite struct WeightsTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// Bytes of a type, its shape and its name.
  private struct Part {
    var name: String
    var dtype = SafeTensors.DType.f32
    var shape: [Int]
    var bytes: [UInt8]

    init(_ name: String, _ shape: [Int], _ values: [Float]? = nil) {
      self.name = name
      self.shape = shape
      bytes = (values ?? [Float](repeating: 0.5, count: shape.reduce(1, *))).flatMap(Self.bytes)
    }

    init(_ name: String, _ dtype: SafeTensors.DType, _ shape: [Int], bytes: [UInt8]) {
      (self.name, self.dtype, self.shape, self.bytes) = (name, dtype, shape, bytes)
    }

    static func bytes<Value>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
  }

  @discardableResult private func write(_ parts: Part...) throws -> String {
    let path = fixture("weights")
    let writer = try SafeTensorsWriter(
      path: path, tensors: parts.map { .init(name: $0.name, dtype: $0.dtype, shape: $0.shape) })
    for part in parts { try writer.write(part.bytes) }
    try writer.finish()
    return path
  }

  private func eval(_ model: String = "probe") throws -> Finished {
    try Program.run(
      ["eval"] + fixture.dataFlags + ["--weights", fixture("weights")], environment: ["TEST_PROGRAM=\(model)"])
  }

  /// The parameters after a step at rate 0 from the file.
  private func start(_ run: String, _ flags: String...) throws -> (Finished, SafeTensorsReader) {
    let done = try Program.run(
      ["train"] + fixture.dataFlags
        + ["--output", fixture(run), "--steps", "1", "--lr", "0", "--init-weights", fixture("weights")] + flags)
    #expect(done.code == 0, "\(done.err)")
    return (done, try SafeTensorsReader(path: fixture(run + "/checkpoint-1/model.safetensors")))
  }

  /// `train` from the file, which is refused.
  private func refusal(_ model: String = "probe") throws -> String {
    let done = try Program.run(
      ["train"] + fixture.dataFlags + ["--output", fixture("refused"), "--init-weights", fixture("weights")],
      environment: ["TEST_PROGRAM=\(model)"])
    #expect(done.code == 65 && fileKind(fixture("refused")) == .absent, "\(done.err)")
    #expect(done.err.hasPrefix(fixture("weights") + ": error: "), "\(done.err)")
    return done.err
  }

  // MARK: Types

  @Test func halfAndDoublePrecisionAreConverted() throws {
    let double = [1.5, 0.1, -2, 1e-3]
    let files: [(SafeTensors.DType, [UInt8], [Float])] = [
      (.f16, [0x00, 0x3E, 0x66, 0x2E, 0x00, 0xC0, 0x01, 0x00], [1.5, 0x1.998p-4, -2, 0x1p-24]),
      (.bf16, [0xC0, 0x3F, 0xCD, 0x3D, 0x00, 0xC0, 0x80, 0x3F], [1.5, 0x1.9Ap-4, -2, 1]),
      (.f64, double.flatMap(Part.bytes), double.map { Float($0) }),
    ]
    for (dtype, bytes, values) in files {
      try write(Part("weight", dtype, [4], bytes: bytes), Part("bias", [1]))
      #expect(try start(dtype.rawValue).1.floats("weight") == values)
      #expect(try eval().code == 0)
    }
    try write(Part("weight", .i32, [4], bytes: [UInt8](repeating: 0, count: 16)), Part("bias", [1]))
    let integers = try refusal()
    #expect(integers.contains("\"weight\" is I32 [4], expected F32 [4]"), "\(integers)")
  }

  /// The header says where they end, whatever they are.
  @Test func typesThatAreNotKnownAreNamedAndLeftOut() throws {
    let header =
      #"{"weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"scale":{"dtype":"F8_E4M3","shape":[2],"#
      + #""data_offsets":[16,18]},"bias":{"dtype":"F32","shape":[1],"data_offsets":[18,22]}}"#
    func write(_ header: String) throws {
      try AtomicFile.write(
        Part.bytes(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: 22),
        to: fixture("weights"))
    }
    try write(header)
    let (done, model) = try start("run")
    #expect(try model.floats("weight") == [0, 0, 0, 0])
    #expect(done.err.contains("ignored of \(fixture("weights")): scale"), "\(done.err)")
    #expect(try eval().code == 0)
    try write(
      #"{"bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
        + #""weight":{"dtype":"F8_E5M2","shape":[4],"data_offsets":[4,22]}}"#)
    #expect(try refusal().contains("\"weight\" is F8_E5M2 [4], expected F32 [4]"))
  }

  /// A sample of PyTorch's, under a name that says something else.
  @Test func filesOfPyTorchAreToldByTheirContents() throws {
    let sample = directoryName(directoryName(#filePath)) + "/TensorFilesTests/Samples/probe.pth"
    try AtomicFile.write(try readFile(sample), to: fixture("weights"))
    let (done, model) = try start("run")
    #expect(try model.floats("weight") == [1.5, -2, 0.25, 3] && model.floats("bias") == [0.5])
    #expect(done.err.contains("\"module.\" stands before") && !done.err.contains("afresh"), "\(done.err)")
    #expect(try eval().code == 0)
    try AtomicFile.write(Array("version https://git-lfs.github.com/spec/v1\n".utf8), to: fixture("weights"))
    #expect(try refusal().contains("Git LFS pointer"))
  }

  // MARK: Names

  @Test(arguments: ["module.", "model.", "encoder.", "img_encoder_q.model."])
  func aPrefixIsLeftOut(_ prefix: String) throws {
    try write(Part(prefix + "weight", [4]), Part(prefix + "bias", [1]), Part(prefix + "bert.pooler.bias", [1]))
    let (done, model) = try start("run")
    #expect(try model.floats("weight") == [0.5, 0.5, 0.5, 0.5] && model.floats("bias") == [0.5])
    #expect(done.err.contains("\"\(prefix)\" stands before the parameters' names"), "\(done.err)")
    #expect(!done.err.contains("ignored of") && !done.err.contains("afresh"), "\(done.err)")
    let measured = try eval()
    #expect(measured.code == 0 && measured.err.contains("\"\(prefix)\" stands before"), "\(measured.err)")
  }

  @Test func namesWithoutAPrefixWinAndTwoPrefixesAreAQuestion() throws {
    try write(Part("weight", [4], [1, 2, 3, 4]), Part("bias", [1]), Part("other.weight", [4]), Part("other.bias", [1]))
    let (done, model) = try start("run")
    #expect(try model.floats("weight") == [1, 2, 3, 4])
    #expect(done.err.contains("ignored of \(fixture("weights")): other.weight, other.bias"), "\(done.err)")
    try write(
      Part("student.weight", [4]), Part("teacher.weight", [4]), Part("student.bias", [1]), Part("teacher.bias", [1]))
    let twice = try refusal()
    #expect(twice.contains("under \"student.\" and under \"teacher.\""), "\(twice)")
    try write(Part("conv.weights", [4]), Part("conv.biases", [1]))
    let strange = try refusal()
    #expect(
      strange.contains("\"weight\" is missing") && strange.contains("holds: conv.weights, conv.biases"), "\(strange)")
  }

  @Test(arguments: ["weight", "table"]) func onlyFixedTablesMayBeLeftOut(_ name: String) throws {
    let parts = ["weight": Part("weight", [4]), "table": Part("table", [1, 65, 16])]
    let other = try #require(parts.first { $0.key != name }?.value)
    try write(other, Part("bias", [1]))
    // A layer that is not trained, and a table that is, are what the file must hold.
    #expect(try refusal("frozen").contains("\"\(name)\" is missing"))
    let measured = try eval("frozen")
    #expect(measured.code == 65 && measured.err.contains("\"\(name)\" is missing"), "\(measured.err)")
    #expect(try eval().code == (name == "table" ? 0 : 65))
  }

  @Test func aBranchOfAnotherShapeStartsAfresh() throws {
    try write(Part("weight", [4]), Part("bias", [3]))
    let (done, model) = try start("run")
    #expect(try model.floats("bias") == [0] && model.floats("weight") == [0.5, 0.5, 0.5, 0.5])
    #expect(
      done.err.contains("\"bias\" is F32 [3], expected F32 [1]")
        && done.err.contains("one parameter starts afresh: bias"))
    let measured = try eval()
    #expect(measured.code == 65 && measured.err.contains("\"bias\" is F32 [3], expected F32 [1]"), "\(measured.err)")
    try write(Part("weight", [5]), Part("bias", [1]))
    #expect(try refusal().contains("\"weight\" is F32 [5], expected F32 [4]"))
  }

  // MARK: Positions

  private static func table(_ rows: Int) -> [Float] { (0..<rows * 16).map { Float($0 * 37 % 101) / 101 - 0.5 } }

  @Test(arguments: [nil, "bicubic", "antialiased"] as [String?])
  func positionsOfAnotherGridAreInterpolated(_ method: String?) throws {
    for side in [3, 12] {
      let values = Self.table(1 + side * side)
      try write(Part("weight", [4]), Part("bias", [1]), Part("table", [1, 1 + side * side, 16], values))
      let flags = method.map { ["--positions", $0] } ?? []
      let done = try Program.run(
        ["train"] + fixture.dataFlags + ["--output", fixture("run-\(side)"), "--steps", "1", "--lr", "0"]
          + ["--init-weights", fixture("weights")] + flags)
      #expect(done.code == 0, "\(done.err)")
      #expect(
        done.err.contains("\"table\": positions on a grid of \(side)x\(side) become 8x8 by \(method ?? "bicubic")"),
        "\(done.err)")
      let expected = try PositionTable(values: values, shape: [1, 1 + side * side, 16], prefix: 1).resampled(
        to: GridSize(rows: 8, columns: 8), by: GridInterpolation(rawValue: method ?? "bicubic")!)
      let model = try SafeTensorsReader(path: fixture("run-\(side)/checkpoint-1/model.safetensors"))
      #expect(try model.floats("table") == expected.values)
      #expect(expected.values.prefix(16) == values.prefix(16))
      let config = try JSON.read(path: fixture("run-\(side)/config.json"))
      #expect(config["train"]?["positions"]?.stringValue == method ?? "bicubic")
    }
    let measured = try eval()
    #expect(measured.code == 65 && measured.err.contains("F32 [1, 145, 16], expected F32 [1, 65, 16]"))
    #expect(measured.err.contains("--init-weights"), "\(measured.err)")
  }

  @Test func positionsOfTheSameGridAreCopied() throws {
    let values = Self.table(65)
    try write(Part("weight", [4]), Part("bias", [1]), Part("table", [1, 65, 16], values))
    let (done, model) = try start("run", "--positions", "antialiased")
    #expect(try model.floats("table") == values)
    #expect(!done.err.contains("interpolation"), "\(done.err)")
  }

  @Test(arguments: [
    ([1, 64, 16], "64 rows are a grid of 8x8 without a class token's row: the model has 1 + 64 rows"),
    ([1, 67, 16], "67 rows are not 1 + places of a square grid: the model has 1 + 64"),
    ([1, 17, 8], "rows of 16 numbers: [1, 1 + places, 16]"), ([17, 16], "rows of 16 numbers"),
    ([2, 17, 16], "rows of 16 numbers"), ([1, 1, 16], "1 rows are a grid of 1x1 without a class token's row"),
  ])
  func tablesThatAreNoGridAreRefused(_ shape: [Int], _ message: String) throws {
    try write(Part("weight", [4]), Part("bias", [1]), Part("table", shape))
    let error = try refusal()
    #expect(error.contains("tensor \"table\" is F32 \(shape)") && error.contains(message), "\(error)")
  }

  @Test func anInterpolationWithoutAFileIsAMisuse() throws {
    let none = try fixture.train("none", "--steps", "1", "--positions", "bicubic")
    #expect(none.code == 64 && none.err.contains("--init-weights"), "\(none.err)")
    let unknown = try fixture.train("none", "--steps", "1", "--init-weights", "x", "--positions", "bilinear")
    #expect(unknown.code == 64 && unknown.err.contains("antialiased"), "\(unknown.err)")
  }
}
