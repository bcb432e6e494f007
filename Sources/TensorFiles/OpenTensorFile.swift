import Support

/// Opens a file of tensors: safetensors, or what torch.save wrote. Its contents say what it is, not its name. `-` is standard
/// input. Absent: `noInput`; malformed, or of a kind that cannot be read: `badData`.
public func openTensorFile(_ path: String) throws(Diagnostic) -> any TensorFile {
  let file = try InputFile(path: path)
  let head = try file.bytes(at: 0, count: min(64, file.size))
  if !isSafeTensors(head) {
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return try TorchFile(zip: file) }
    if head.count > 2, head[0] == 0x80, (1...5).contains(head[1]) { return try TorchFile(legacy: file) }
    if let problem = foreignKind(head) {
      throw Diagnostic(.badData, at: SourceLocation(file: path), problem.text, notes: [problem.fix])
    }
  }
  return SafeTensorsFile(try SafeTensorsReader(file))
}

/// Whether it begins with a length below 4 GB and a JSON object.
private func isSafeTensors(_ head: [UInt8]) -> Bool {
  head.count > 8 && head[4..<8].allSatisfy { $0 == 0 } && head[8] == UInt8(ascii: "{")
}

/// What people have under the name of a file of weights.
private func foreignKind(_ head: [UInt8]) -> (text: String, fix: String)? {
  let convert = "save it as safetensors, or with torch.save(model.state_dict(), \"weights.pth\")"
  if head.isEmpty { return ("is empty", "fetch it again") }
  if head.starts(with: Array("version https://git-lfs".utf8)) {
    return ("is a Git LFS pointer, not the file that it stands for", "fetch the file: git lfs pull")
  }
  if head.starts(with: [0x89, 0x48, 0x44, 0x46]) {
    return ("is an HDF5 file, expected safetensors or a PyTorch checkpoint", convert)
  }
  if head.starts(with: [0x1F, 0x8B]) { return ("is compressed with gzip", "unpack it") }
  if head.starts(with: Array("GGUF".utf8)) {
    return ("is a GGUF file, expected safetensors or a PyTorch checkpoint", convert)
  }
  let text = head.drop { $0 <= 0x20 }.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }
  if text.starts(with: Array("<!doctype".utf8)) || text.starts(with: Array("<html".utf8)) {
    return ("is a web page, not a file of weights", "download the file itself")
  }
  return nil
}
