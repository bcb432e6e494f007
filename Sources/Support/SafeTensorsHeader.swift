/// The header of a safetensors file, checked against the size of the file.
struct SafeTensorsHeader {
  struct Placed {
    var entry: SafeTensors.Entry
    /// Bytes from the start of the file.
    var offset: Int
  }

  /// The bytes that a tensor of any type takes.
  private struct Span {
    var name: String
    var offset: Int
    var byteCount: Int
  }

  var tensors: [Placed] = []
  /// Tensors of unknown element types by name.
  var unreadable: [String: SafeTensors.Unreadable] = [:]
  private var spans: [Span] = []
  var metadata: [SafeTensors.Metadata] = []

  /// `json`: the header's text; `dataStart`: where the tensors' bytes begin; `dataBytes`: how many there are.
  init(json: [UInt8], file: String, dataStart: Int, dataBytes: Int) throws(Diagnostic) {
    let location = SourceLocation(file: file)
    let parsed: JSON
    do throws(Diagnostic) { parsed = try JSON.parse(bytes: json, file: file) } catch {
      throw Diagnostic(.badData, at: location, "the safetensors header is not valid JSON: \(error.message)")
    }
    guard let members = parsed.members else {
      throw Diagnostic(.badData, at: location, "the safetensors header is not a JSON object")
    }
    for member in members {
      if member.key == "__metadata__" {
        try addMetadata(member.value, location)
      } else {
        try addTensor(member, location, dataStart, dataBytes)
      }
    }
    var names = Set<String>()
    for name in spans.map(\.name) where !names.insert(name).inserted {
      throw Diagnostic(
        .badData, at: location, "two tensors are named \"\(name)\", though their accents are encoded differently")
    }
    try checkCoverage(location, dataStart, dataBytes)
  }

  private mutating func addMetadata(_ value: JSON, _ location: SourceLocation) throws(Diagnostic) {
    guard let members = value.members else {
      throw Diagnostic(.badData, at: location, "__metadata__ is not an object of strings")
    }
    for member in members {
      guard let text = member.value.stringValue else {
        throw Diagnostic(.badData, at: location, "__metadata__ \"\(member.key)\" is not a string")
      }
      metadata.append(SafeTensors.Metadata(member.key, text))
    }
  }

  private mutating func addTensor(
    _ member: JSONMember, _ location: SourceLocation, _ dataStart: Int, _ dataBytes: Int
  ) throws(Diagnostic) {
    func bad(_ problem: String) -> Diagnostic {
      Diagnostic(.badData, at: location, "tensor \"\(member.key)\": \(problem)")
    }
    guard let typeName = member.value["dtype"]?.stringValue else { throw bad("no dtype") }
    guard let dimensions = member.value["shape"]?.elements else { throw bad("no shape") }
    let dtype = SafeTensors.DType(rawValue: typeName)
    var shape: [Int] = []
    var bytes = dtype?.size ?? 1
    for dimension in dimensions {
      guard case .integer(let size) = dimension, size >= 0 else {
        throw bad("the shape holds \(dimension.compact), expected sizes of 0 or more")
      }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      if overflow { throw bad("the shape is too large") }
      bytes = product
      shape.append(size)
    }
    guard let offsets = member.value["data_offsets"]?.elements, offsets.count == 2,
      case .integer(let begin) = offsets[0], case .integer(let end) = offsets[1]
    else { throw bad("no data_offsets of two integers") }
    guard begin >= 0, begin <= end, end <= dataBytes else {
      throw bad("data_offsets [\(begin), \(end)] are outside the file's \(dataBytes) bytes of data")
    }
    spans.append(Span(name: member.key, offset: dataStart + begin, byteCount: end - begin))
    guard let dtype else {
      unreadable[member.key] = SafeTensors.Unreadable(type: typeName, shape: shape)
      return
    }
    guard end - begin == bytes else {
      throw bad("\(typeName) \(shape) needs \(bytes) bytes, data_offsets span \(end - begin)")
    }
    tensors.append(
      Placed(entry: SafeTensors.Entry(name: member.key, dtype: dtype, shape: shape), offset: dataStart + begin))
  }

  /// The tensors lie one after the other from the first byte to the last.
  private func checkCoverage(_ location: SourceLocation, _ dataStart: Int, _ dataBytes: Int) throws(Diagnostic) {
    let ordered = spans.sorted { ($0.offset, $0.byteCount) < ($1.offset, $1.byteCount) }
    var end = dataStart
    var previous = ""
    for tensor in ordered {
      if tensor.offset < end {
        throw Diagnostic(
          .badData, at: location, "tensor \"\(tensor.name)\": its bytes overlap those of \"\(previous)\"")
      }
      if tensor.offset > end {
        throw Diagnostic(
          .badData, at: location, "tensor \"\(tensor.name)\": a gap of \(tensor.offset - end) bytes before it")
      }
      end += tensor.byteCount
      previous = tensor.name
    }
    let rest = dataStart + dataBytes - end
    if rest != 0 { throw Diagnostic(.badData, at: location, "\(rest) bytes after the last tensor belong to none") }
  }
}
