/// Kernels by time against the roofline, and where a step's time goes. Kernels of repeated layers are one line.
struct ProfileTable {
  private struct Line {
    var name: String
    var count = 0
    var seconds = 0.0
    var flops = 0.0
    var bytes = 0.0
    var bound = 0.0
  }

  private let peak: MachinePeak
  private let threads: Int
  private var lines: [Line] = []
  private var index: [String: Int] = [:]
  private var functions: [String] = []
  private var wall = 0.0
  private var tasks = 0.0
  private var waiting = 0.0

  init(peak: MachinePeak, threads: Int) {
    self.peak = peak
    self.threads = threads
  }

  /// A function of the step: seconds of one run, those of them spent reading records, and those of its kernels that a thread
  /// waited for the others, in the mean.
  mutating func addFunction(_ name: String, wall: Double, tasks: Double, waiting: Double) {
    functions.append("@" + name)
    self.wall += wall
    self.tasks += tasks
    self.waiting += waiting
  }

  /// A kernel of the step: seconds of one run.
  mutating func addKernel(_ name: String, seconds: Double, flops: Double, bytes: Double) {
    let name = Self.pattern(name)
    let place = index[name] ?? lines.count
    if place == lines.count {
      index[name] = place
      lines.append(Line(name: name))
    }
    Self.add(seconds, flops, bytes, peak.seconds(flops: flops, bytes: bytes), 1, to: &lines[place])
  }

  private static func add(
    _ seconds: Double, _ flops: Double, _ bytes: Double, _ bound: Double, _ count: Int, to line: inout Line
  ) {
    line.count += count
    line.seconds += seconds
    line.flops += flops
    line.bytes += bytes
    line.bound += bound
  }

  /// `encoder.blocks.3.mlp` as `encoder.blocks.*.mlp`.
  static func pattern(_ name: String) -> String {
    name.split(separator: ".", omittingEmptySubsequences: false)
      .map { $0.isEmpty || !$0.allSatisfy(\.isNumber) ? String($0) : "*" }.joined(separator: ".")
  }

  /// The `count` lines that take longest, then the sums: kernels that are products, those that hold products among other
  /// things (attention), all others, and what else the step's time went to.
  func text(_ count: Int = 24) -> String {
    let sorted = lines.indices.sorted { (-lines[$0].seconds, $0) < (-lines[$1].seconds, $1) }.map { lines[$0] }
    var result = [
      "\(functions.joined(separator: " + ")), one step, \(threads) threads; the machine's limits, measured: \(peak.text)",
      "       ms  of step  kernels   GFLOP/s  of peak      GB/s  of roof",
    ]
    result += sorted.prefix(count).map { row($0) }
    if sorted.count > count {
      result.append(row(sum("\(sorted.count - count) further lines", Array(sorted.dropFirst(count)))))
    }
    let products = sorted.filter { Self.isProduct($0.name) }
    let holding = sorted.filter { $0.flops > 0 && !Self.isProduct($0.name) }
    let others = sorted.filter { $0.flops == 0 && !Self.isProduct($0.name) }
    let all = sum("all kernels", sorted)
    result.append("")
    result.append(row(sum("products", products)))
    result.append(row(sum("kernels with products inside", holding)))
    result.append(row(sum("everything outside products", others)))
    result.append(row(all))
    if threads > 1 { result.append(plain(waiting, "of them a thread waits for the others, in the mean")) }
    result.append(plain(tasks, "reading records"))
    result.append(plain(wall - all.seconds - tasks, "between kernels"))
    result.append(plain(wall, "the step"))
    return result.joined(separator: "\n")
  }

  /// Whether the kernel is a matrix product, perhaps with an epilogue: its operations, behind the layer path, say so.
  static func isProduct(_ name: String) -> Bool {
    let operations = name.split(separator: ".").last ?? ""
    return operations.split(separator: "+").contains("matmul")
  }

  private func sum(_ name: String, _ lines: [Line]) -> Line {
    var total = Line(name: name)
    for line in lines { Self.add(line.seconds, line.flops, line.bytes, line.bound, line.count, to: &total) }
    return total
  }

  private func row(_ line: Line) -> String {
    let time = max(line.seconds, 1e-12)
    let rate = line.flops / time
    return paddedLeft((line.seconds * 1e3).fixed(3), 9) + share(line.seconds) + paddedLeft("\(line.count)", 9)
      + paddedLeft(line.flops == 0 ? "" : (rate * 1e-9).fixed(1), 10)
      + paddedLeft(line.flops == 0 ? "" : Self.percent(rate / max(peak.flopsPerSecond, 1)), 9)
      + paddedLeft((line.bytes / time * 1e-9).fixed(1), 10) + paddedLeft(Self.percent(line.bound / time), 9) + "  "
      + line.name
  }

  private func plain(_ seconds: Double, _ name: String) -> String {
    paddedLeft((seconds * 1e3).fixed(3), 9) + share(seconds) + paddedLeft("", 47) + "  " + name
  }

  private func share(_ seconds: Double) -> String { paddedLeft(Self.percent(seconds / max(wall, 1e-12)), 9) }

  private static func percent(_ share: Double) -> String { (100 * share).fixed(1) + "%" }
}
