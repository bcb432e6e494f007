import Execution
import Pictures

/// Measured kernels and steps, as text and as a picture.
struct BenchReport {
  var machine: Machine
  var kernels: [KernelMeasurement] = []
  /// One object per step benchmark, members in order.
  var steps: [[JSONMember]] = []

  init(machine: Machine) { self.machine = machine }

  func text(_ format: Benchmark.Format) -> String {
    switch format {
    case .json: JSON.array((kernels.map(row) + steps).map { .object($0) }).pretty
    case .csv: csv
    case .md: markdown
    }
  }

  // MARK: JSON

  private func row(_ kernel: KernelMeasurement) -> [JSONMember] {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    func integer(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
    let (fused, unfused) = (kernel.fused, kernel.unfused)
    return [
      JSONMember("kernel", .string(kernel.kernel)), JSONMember("direction", .string(kernel.direction)),
      JSONMember("shape", kernel.shape.json), JSONMember("precision", .string(kernel.precision)),
      JSONMember("fused_s", number(fused?.median)), JSONMember("unfused_s", number(unfused?.median)),
      JSONMember("ratio", number(kernel.ratio)), JSONMember("fused_bytes", integer(fused.map { Int($0.bytes) })),
      JSONMember("unfused_bytes", integer(unfused.map { Int($0.bytes) })), JSONMember("runs", .integer(kernel.runs)),
      JSONMember("spread", .number(kernel.spread)),
      JSONMember("fused_gflops", number(fused.map { $0.flops / $0.median * 1e-9 })),
      JSONMember("unfused_gflops", number(unfused.map { $0.flops / $0.median * 1e-9 })),
      JSONMember("fused_roofline", number(fused?.roofline)), JSONMember("unfused_roofline", number(unfused?.roofline)),
      JSONMember("fused_memory_bytes", integer(fused?.memory)),
      JSONMember("unfused_memory_bytes", integer(unfused?.memory)),
      JSONMember("fused_kernels", integer(fused?.kernels)), JSONMember("unfused_kernels", integer(unfused?.kernels)),
      JSONMember("peak_gflops", number(machine.peak.map { $0.flopsPerSecond * 1e-9 })),
      JSONMember("peak_gb_per_s", number(machine.peak.map { $0.bytesPerSecond * 1e-9 })),
      JSONMember("threads", .integer(machine.threads)), JSONMember("cpu", .string(CPUCheck.model())),
      JSONMember("openblas_core", .string(CPUCheck.blasCore)),
    ]
  }

  // MARK: CSV

  /// One table with the columns of every row.
  private var csv: String {
    let rows = kernels.map(row) + steps
    var columns: [String] = []
    for row in rows { columns += row.map(\.key).filter { !columns.contains($0) } }
    let lines = rows.map { row in
      columns.map { column in
        guard let value = row.first(where: { $0.key == column })?.value, value != .null else { return "" }
        return Self.quoted(value.stringValue ?? value.compact)
      }.joined(separator: ",")
    }
    return ([columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    text.contains { $0 == "," || $0 == "\"" } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  // MARK: Markdown

  private var markdown: String {
    var lines = ["Measured on \(machine.text)."]
    if !kernels.isEmpty {
      lines += [
        "",
        "| kernel | direction | shape | fused ms | unfused ms | ratio | fused MB | unfused MB | fused GFLOP/s "
          + "| roofline fused / unfused | spread |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
      ]
      lines += kernels.map(Self.cells)
    }
    for step in steps {
      lines += ["", "| step | |", "|---|---|"]
      lines += step.dropFirst().map { "| \($0.key) | \($0.value.stringValue ?? $0.value.compact) |" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cells(_ row: KernelMeasurement) -> String {
    func cell(_ value: Double?, _ digits: Int) -> String { value.map { $0.significant(digits) } ?? "–" }
    func share(_ side: KernelMeasurement.Side?) -> String { side.map { (100 * $0.roofline).fixed(0) + " %" } ?? "–" }
    let (fused, unfused) = (row.fused, row.unfused)
    let rate = fused.flatMap { $0.flops > 0 ? $0.flops / $0.median * 1e-9 : nil }
    return [
      "", row.kernel, row.direction, row.shape.text, cell(fused.map { $0.median * 1e3 }, 3),
      cell(unfused.map { $0.median * 1e3 }, 3), cell(row.ratio, 3), cell(fused.map { $0.bytes * 1e-6 }, 3),
      cell(unfused.map { $0.bytes * 1e-6 }, 3), cell(rate, 3), "\(share(fused)) / \(share(unfused))",
      (100 * row.spread).fixed(0) + " %", "",
    ].joined(separator: " | ").trimmingBlanks
  }

  /// One line of progress.
  static func line(_ row: KernelMeasurement) -> String {
    func milliseconds(_ side: KernelMeasurement.Side?) -> String {
      side.map { ($0.median * 1e3).significant(3) + " ms" } ?? "–"
    }
    return "\(row.kernel) \(row.direction) \(row.shape.text): fused \(milliseconds(row.fused)), unfused "
      + milliseconds(row.unfused) + (row.ratio.map { ", ×\($0.fixed(2))" } ?? "")
  }

  // MARK: Picture

  /// Time of each kernel by that of its unfused form; steps are not in it.
  var chart: String {
    let groups = kernels.map { row in
      let whole = (row.unfused ?? row.fused)!.median
      func bar(_ series: Int, _ side: KernelMeasurement.Side?, _ note: String) -> BarChartSVG.Bar? {
        side.map {
          BarChartSVG.Bar(
            series: series, value: $0.median / whole, note: ($0.median * 1e3).significant(3) + " ms" + note)
        }
      }
      return BarChartSVG.Group(
        label: "\(row.kernel) \(row.direction)  \(Self.label(row.shape))",
        bars: [bar(0, row.fused, row.ratio.map { ", ×\($0.fixed(2))" } ?? ""), bar(1, row.unfused, "")].compactMap {
          $0
        })
    }
    return BarChartSVG(
      title: "Kernels, fused and unfused", unit: "time relative to unfused — \(machine.text)",
      series: ["fused", "unfused"], groups: groups
    ).render()
  }

  /// `16×12×50×64`.
  private static func label(_ shape: KernelShape) -> String {
    shape.sizes.filter { $0.name != "masked" && $0.name != "residual" }.map { "\($0.value)" }.joined(separator: "×")
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    var text = self[...].drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
