import COpenBLAS
import Glibc

/// What the processor can do, as the kernel tells it.
public enum CPUCheck {
  /// The features of the first processor in `/proc/cpuinfo` (`flags` on x86, `Features` on Arm).
  public static func features() -> Set<String> {
    guard let text = try? readTextFile("/proc/cpuinfo") else { return [] }
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
    guard let list = line?.split(separator: ":").last else { return [] }
    return Set(list.split(separator: " ").map(String.init))
  }

  /// The processor's name.
  public static func model() -> String {
    guard let text = try? readTextFile("/proc/cpuinfo"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") }),
      let colon = line.firstIndex(of: ":")
    else { return "unknown" }
    return String(line[line.index(after: colon)...].drop { $0 == " " })
  }

  /// Stops code (`this program`) for a processor (`cpu`) that can do more than this one: `failure` and what to do instead of
  /// dying of SIGILL.
  public static func require(
    _ needed: [String], of cpu: String, by code: String, remedy: String
  ) throws(Diagnostic) {
    let missing = missing(of: needed)
    if missing.isEmpty { return }
    throw Diagnostic(
      .failure, "\(code) is for \(cpu); this processor lacks \(missing.joined(separator: ", "))",
      notes: ["processor: \(model())", remedy])
  }

  /// Those of the features that this processor lacks; none where the kernel does not tell.
  public static func missing(of needed: [String]) -> [String] {
    let present = features()
    return present.isEmpty ? [] : needed.filter { !present.contains($0) }
  }

  /// The kernels OpenBLAS uses.
  public static var blasCore: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

  /// A warning when the environment forces OpenBLAS' kernels, or nil.
  public static var blasWarning: String? {
    guard let forced = getenv("OPENBLAS_CORETYPE") else { return nil }
    return "OPENBLAS_CORETYPE=\(String(cString: forced)) forces OpenBLAS' kernels (in use: \(blasCore)); "
      + "unset it to let OpenBLAS choose for this processor"
  }
}
