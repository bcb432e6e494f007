import CRuntime
import Support

/// The kernels of a program's functions in the order they run, with what they compute and move.
struct KernelList {
  private struct Row {
    var name: String
    var flops: Double
    var bytes: Double
  }
  private var functions: [(name: String, rows: [Row])] = []

  init(_ image: ProgramImage) {
    for signature in image.manifest.functions {
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

/// How a kernel's figures are written.
public enum KernelFigures {
  /// FLOPs of products per byte read or written.
  public static func intensity(_ flops: Double, _ bytes: Double) -> Double { bytes > 0 ? flops / bytes : 0 }

  /// Number, MFLOP, bytes, intensity and name in columns; nothing where there are no products.
  public static func line(_ index: Int, _ flops: Double, _ bytes: Double, _ name: String) -> String {
    func column(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return "  " + column("\(index)", 5) + column(flops == 0 ? "" : (flops * 1e-6).fixed(flops < 1e7 ? 2 : 0), 11)
      + column(byteText(Int(bytes)), 11) + column(flops == 0 ? "" : intensity(flops, bytes).fixed(1), 9) + "  " + name
  }
}
