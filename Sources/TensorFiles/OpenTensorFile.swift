import Support

/// Opens a file of tensors; what kind of file it is, its contents say, not its name. `-` is standard input. Absent: `noInput`;
/// malformed, or of a kind that cannot be read: `badData`.
public func openTensorFile(_ path: String) throws(Diagnostic) -> any TensorFile {
  let file = try InputFile(path: path)
  return SafeTensorsFile(try SafeTensorsReader(file))
}
