import CRuntime

/// The time of each kernel: sums over the runs but the first, which also takes memory from the system, and the last run
/// as a Chrome trace.
public final class StepProfile {
  /// What the runtime writes of each call.
  private struct Times {
    var starts: UnsafeMutablePointer<Double>
    var seconds: UnsafeMutablePointer<Double>
    /// Thread by thread, for each call how long it waited for the others.
    var waits: UnsafeMutablePointer<Double>
  }

  private struct Row {
    var function: UnsafePointer<mrm_function>
    var threads: Int
    var times: Times
    /// Sums over the runs that count.
    var total: [Double]
    var wall = 0.0
    var tasks = 0.0
    /// Of all threads together.
    var waiting = 0.0
    var counted = 0
    var runs = 0
    var lastWall = 0.0

    /// Seconds of the last run that each thread waited for the others after a call.
    func waited(_ call: Int) -> [Double] { (0..<threads).map { times.waits[$0 * total.count + call] } }
  }

  private var rows: [Row] = []

  public init() {}

  deinit {
    for row in rows {
      row.times.starts.deallocate()
      row.times.seconds.deallocate()
      row.times.waits.deallocate()
    }
  }

  /// Asks the next run of the function, on so many threads, for its times.
  public func prepare(
    _ options: inout mrm_execution, for function: UnsafePointer<mrm_function>, threads: Int
  ) {
    let times = times(for: function, threads: threads)
    options.call_start = times.starts
    options.call_seconds = times.seconds
    options.call_waits = times.waits
  }

  private func times(for function: UnsafePointer<mrm_function>, threads: Int) -> Times {
    let count = Int(function.pointee.call_count)
    if let row = rows.first(where: { $0.function == function }) {
      row.times.seconds.update(repeating: 0, count: count)
      row.times.waits.update(repeating: 0, count: threads * count)
      return row.times
    }
    let times = Times(
      starts: .allocate(capacity: count), seconds: .allocate(capacity: count),
      waits: .allocate(capacity: threads * count))
    times.starts.initialize(repeating: 0, count: count)
    times.seconds.initialize(repeating: 0, count: count)
    times.waits.initialize(repeating: 0, count: threads * count)
    rows.append(
      Row(function: function, threads: threads, times: times, total: Array(repeating: 0, count: count)))
    return times
  }

  /// Adds the run that has just ended to the sums. `wall`: its seconds; `tasks`: those of them that went to reading
  /// records.
  public func finish(_ function: UnsafePointer<mrm_function>, wall: Double, tasks: Double) {
    guard let index = rows.firstIndex(where: { $0.function == function }) else { return }
    rows[index].runs += 1
    if rows[index].runs == 2 {
      (rows[index].wall, rows[index].tasks, rows[index].waiting, rows[index].counted) = (0, 0, 0, 0)
      for call in rows[index].total.indices { rows[index].total[call] = 0 }
    }
    rows[index].counted += 1
    rows[index].wall += wall
    rows[index].tasks += tasks
    rows[index].lastWall = wall
    for call in rows[index].total.indices {
      rows[index].total[call] += rows[index].times.seconds[call]
      rows[index].waiting += rows[index].waited(call).reduce(0, +)
    }
  }

  /// The last run of each function in the trace format of Chrome and Perfetto, with the functions as processes.
  public func trace() -> String {
    var events: [JSON] = []
    for (process, row) in rows.enumerated() {
      let name = "@" + String(cString: row.function.pointee.name)
      events.append([
        "name": "process_name", "ph": "M", "pid": .integer(process), "tid": 0, "args": ["name": .string(name)],
      ])
      for (thread, label) in ["function", "kernels"].enumerated() {
        events.append([
          "name": "thread_name", "ph": "M", "pid": .integer(process), "tid": .integer(thread),
          "args": ["name": .string(label)],
        ])
      }
      events.append([
        "name": .string(name), "ph": "X", "pid": .integer(process), "tid": 0, "cat": "function", "ts": 0,
        "dur": .number(row.lastWall * 1e6), "args": [:],
      ])
      for call in row.total.indices {
        let kernel = row.function.pointee.calls[call]
        events.append([
          "name": .string(String(cString: kernel.name)), "ph": "X", "pid": .integer(process), "tid": 1, "cat": "kernel",
          "ts": .number(row.times.starts[call] * 1e6), "dur": .number(row.times.seconds[call] * 1e6),
          "args": [
            "gflop": .number(kernel.flops * 1e-9), "megabytes": .number(kernel.bytes * 1e-6),
            "waiting_us": .array(row.waited(call).map { .number($0 * 1e6) }),
          ],
        ])
      }
    }
    return (["displayTimeUnit": "ms", "traceEvents": .array(events)] as JSON).compact + "\n"
  }

  /// The kernels by time against the machine's limits, and where the step's time goes.
  public func table(_ peak: MachinePeak, threads: Int) -> String {
    var table = ProfileTable(peak: peak, threads: threads)
    let steps = rows.map(\.runs).min() ?? 1
    for row in rows where row.counted > 0 {
      // A function that runs once for each micro-batch counts as often in a step.
      let runs = Double(row.counted) * Double(steps) / Double(row.runs)
      table.addFunction(
        String(cString: row.function.pointee.name), wall: row.wall / runs, tasks: row.tasks / runs,
        waiting: row.waiting / Double(row.threads) / runs)
      for call in row.total.indices {
        let kernel = row.function.pointee.calls[call]
        table.addKernel(
          String(cString: kernel.name), seconds: row.total[call] / runs, flops: kernel.flops, bytes: kernel.bytes)
      }
    }
    return table.text()
  }
}
