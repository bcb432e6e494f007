import Interpreter
import Support
import TensorIR
import Testing

/// A safetensors file of this folder's `Samples`, made by the script of the same name.
struct Samples {
  let reader: SafeTensorsReader

  init(_ name: String, file: String = #filePath) throws {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    reader = try SafeTensorsReader(path: "\(folder)/Samples/\(name).safetensors")
  }

  var names: [String] { reader.tensors.map(\.name) }

  func has(_ name: String) -> Bool { reader[name] != nil }

  /// The tensor of that name; f64 is read as `element`.
  func tensor(_ name: String, as element: ElementType = .f32) throws -> HostTensor {
    let entry = try #require(reader[name], "no sample '\(name)'")
    let bytes = try reader.bytes(name)
    let count = entry.elementCount
    return try bytes.withUnsafeBytes { raw in
      switch entry.dtype {
      case .f64:
        let values = (0..<count).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        return HostTensor(TensorType(element, entry.shape), values)
      case .i32:
        let values = (0..<count).map { Int64(raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
        return HostTensor(TensorType(.i32, entry.shape), values)
      case .bool, .u8, .i8, .i16, .u16, .f16, .bf16, .u32, .f32, .i64, .u64:
        throw Diagnostic(.badData, "sample '\(name)' is \(entry.typeText), expected F64 or I32")
      }
    }
  }
}
