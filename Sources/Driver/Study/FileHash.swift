import Glibc

/// 16 hexadecimal digits that change when the bytes of a file do. Absent: `noInput`; unreadable: `badData`.
func fileHash(_ path: String) throws(Diagnostic) -> String {
  let descriptor = try openForReading(path)
  defer { close(descriptor) }
  var hash = StableHash()
  let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
  defer { chunk.deallocate() }
  while true {
    let count = read(descriptor, chunk.baseAddress, chunk.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw Diagnostic(.badData, at: SourceLocation(file: path), "cannot be read: \(String(cString: strerror(errno)))")
    }
    if count == 0 { return hash.hex }
    hash.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
  }
}
