import Glibc
import Support
import Synchronization

/// Verifies, optimises and compiles modules, several at a time: each thread takes the next module until none is left.
/// The objects come in the order of the modules, and so does the first error.
/// - Parameters:
///   - modules: distinct modules that nobody else uses meanwhile.
///   - threads: how many modules are worked on at a time.
public func compile(
  modules: [ModuleBuilder], level: OptimizationLevel = .standard, threads: Int = 2
) throws(Diagnostic) -> [[UInt8]] {
  let work = CompileQueue(modules, level)
  var helpers: [pthread_t] = []
  for _ in 1..<max(1, min(threads, modules.count)) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(work).toOpaque()
    let status = pthread_create(
      &thread, nil,
      {
        Unmanaged<CompileQueue>.fromOpaque($0!).takeRetainedValue().drain()
        return nil
      }, context)
    if status == 0 { helpers.append(thread) } else { Unmanaged<CompileQueue>.fromOpaque(context).release() }
  }
  work.drain()
  for helper in helpers { pthread_join(helper, nil) }
  var objects: [[UInt8]] = []
  for result in work.results { objects.append(try result.get()) }
  return objects
}

/// Modules and a place for the object of each. Every index is taken by one thread, and the results are read after the
/// threads are joined.
private final class CompileQueue: @unchecked Sendable {
  private let modules: [ModuleBuilder]
  private let level: OptimizationLevel
  private let next = Atomic<Int>(0)
  private let slots: UnsafeMutableBufferPointer<Result<[UInt8], Diagnostic>>

  init(_ modules: [ModuleBuilder], _ level: OptimizationLevel) {
    self.modules = modules
    self.level = level
    slots = .allocate(capacity: modules.count)
    slots.initialize(repeating: .success([]))
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  var results: [Result<[UInt8], Diagnostic>] { Array(slots) }

  func drain() {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= modules.count { return }
      do throws(Diagnostic) {
        try modules[index].verify()
        try modules[index].optimize(level: level)
        slots[index] = .success(try modules[index].emitObject(level: level))
      } catch {
        slots[index] = .failure(error)
      }
    }
  }
}
