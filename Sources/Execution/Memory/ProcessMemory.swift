import Glibc

/// The memory of this process, as the system counts it.
public enum ProcessMemory {
  /// Resident bytes now; 0 where the system does not say.
  public static var residentBytes: Int {
    guard let text = try? readTextFile("/proc/self/statm"), let pages = text.split(separator: " ").dropFirst().first,
      let count = Int(pages)
    else { return 0 }
    return count * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The most resident bytes that this process has had (`VmHWM`); 0 where the system does not say.
  public static var peakResidentBytes: Int {
    guard let status = try? readTextFile("/proc/self/status") else { return 0 }
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
    }
    return 0
  }
}
