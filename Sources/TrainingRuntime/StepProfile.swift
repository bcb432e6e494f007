import CRuntime
import Support

/// The time of each kernel: sums over all steps, and the last step as a Chrome trace.
final class StepProfile {
  struct Times {
    var starts: UnsafeMutablePointer<Double>
    var seconds: UnsafeMutablePointer<Double>
  }

  private struct Row {
    var function: UnsafePointer<mrm_function>
    var times: Times
    var total: [Double]
    var runs: Int
  }

  private var rows: [Row] = []

  init() {}

  deinit {
    for row in rows {
      row.times.starts.deallocate()
      row.times.seconds.deallocate()
    }
  }

  /// Where the next run of the function writes its times.
  func times(for function: UnsafePointer<mrm_function>) -> Times {
    let count = Int(function.pointee.call_count)
    if let row = rows.first(where: { $0.function == function }) {
      row.times.seconds.update(repeating: 0, count: count)
      return row.times
    }
    let times = Times(starts: .allocate(capacity: count), seconds: .allocate(capacity: count))
    times.starts.initialize(repeating: 0, count: count)
    times.seconds.initialize(repeating: 0, count: count)
    rows.append(Row(function: function, times: times, total: Array(repeating: 0, count: count), runs: 0))
    return times
  }

  /// Adds the run that has just ended to the sums.
  func finish(_ function: UnsafePointer<mrm_function>) {
    guard let index = rows.firstIndex(where: { $0.function == function }) else { return }
    rows[index].runs += 1
    for call in rows[index].total.indices { rows[index].total[call] += rows[index].times.seconds[call] }
  }

  /// The last run of each function in the trace format of Chrome and Perfetto.
  func trace() -> String {
    var events: [JSON] = []
    for (process, row) in rows.enumerated() {
      for call in row.total.indices {
        let kernel = row.function.pointee.calls[call]
        events.append([
          "name": .string(String(cString: kernel.name)), "ph": "X", "pid": .integer(process), "tid": 0,
          "cat": .string(String(cString: row.function.pointee.name)),
          "ts": .number(row.times.starts[call] * 1e6), "dur": .number(row.times.seconds[call] * 1e6),
          "args": ["gflop": .number(kernel.flops * 1e-9), "megabytes": .number(kernel.bytes * 1e-6)],
        ])
      }
    }
    return (["displayTimeUnit": "ms", "traceEvents": .array(events)] as JSON).compact + "\n"
  }

  /// The `count` kernels that take longest, with rates, one line each.
  func table(_ count: Int = 20) -> String {
    var lines = ["   ms/run   share   GFLOP/s      GB/s  kernel"]
    var kernels: [(seconds: Double, kernel: mrm_call)] = []
    for row in rows where row.runs > 0 {
      for call in row.total.indices {
        kernels.append((row.total[call] / Double(row.runs), row.function.pointee.calls[call]))
      }
    }
    let all = kernels.reduce(0) { $0 + $1.seconds }
    for (seconds, kernel) in kernels.sorted(by: { $0.seconds > $1.seconds }).prefix(count) {
      func column(_ value: Double, _ digits: Int, _ width: Int) -> String {
        let text = value.fixed(digits)
        return String(repeating: " ", count: max(0, width - text.count)) + text
      }
      let time = max(seconds, 1e-12)
      lines.append(
        column(seconds * 1e3, 3, 9) + column(100 * seconds / max(all, 1e-12), 1, 7) + "%"
          + column(kernel.flops / time * 1e-9, 1, 10) + column(kernel.bytes / time * 1e-9, 1, 10)
          + "  " + String(cString: kernel.name))
    }
    return lines.joined(separator: "\n")
  }
}
