import CRuntime
import Execution

/// The kernels of a program's functions in the order they run, with what they compute and move.
struct KernelList {
  private struct Row {
    var name: String
    var flops: Double
    var bytes: Double
  }
  private var functions: [(name: String, rows: [Row])] = []

  init(_ image: ProgramImage) {
    for signature in image.description.functions {
      guard let function = image.functions[signature.name]?.pointee else { continue }
      let rows = (0..<Int(function.call_count)).map { index in
        let call = function.calls[index]
        return Row(name: String(cString: call.name), flops: call.flops, bytes: call.bytes)
      }
      functions.append((signature.name, rows))
    }
  }

  var text: String {
    var lines: [String] = []
    for (name, rows) in functions {
      lines += ["", "@\(name): number, MFLOP of products, bytes, FLOP per byte, layer and operations"]
      for (index, row) in rows.enumerated() {
        lines.append(KernelFigures.line(index, row.flops, row.bytes, row.name))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSON {
    .object(
      functions.map { name, rows in
        JSONMember(
          name,
          .array(
            rows.map {
              [
                "name": .string($0.name), "flops": .number($0.flops), "bytes": .number($0.bytes),
                "intensity": .number(KernelFigures.intensity($0.flops, $0.bytes)),
              ]
            }))
      })
  }
}
