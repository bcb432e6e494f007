import BufferIR

/// The kernels of some programs, merged, with a symbol each.
struct Generation: Sendable {
  let programs: [Program]
  let options: CodegenOptions
  /// The tiles that the kernels call, known once their families are.
  let tiles = TileLibrary()
  /// Distinct kernels of all programs, in order of first use.
  private(set) var kernels: [Kernel] = []
  private(set) var symbols: [String] = []
  /// For each kernel, what its calls are named.
  private(set) var labels: [[String]] = []
  /// For each program, the number in `kernels` of each of its own kernels.
  private(set) var numbers: [[Int]] = []

  init(_ programs: [Program], _ options: CodegenOptions) {
    self.programs = programs
    self.options = options
    var known: [Kernel: Int] = [:]
    for program in programs {
      var own: [Int] = []
      for kernel in program.kernels {
        if known[kernel] == nil {
          known[kernel] = kernels.count
          kernels.append(kernel)
          labels.append([])
        }
        own.append(known[kernel]!)
      }
      for call in program.calls { labels[own[call.kernel]].append(call.label) }
      numbers.append(own)
    }
    var taken = Set<String>()
    for (index, list) in labels.enumerated() {
      let name = "mrm." + KernelNames.common(list)
      symbols.append(taken.insert(name).inserted ? name : "\(name).\(index)")
      taken.insert(symbols[index])
    }
  }
}
