import Execution

/// Memory a process holds besides its plan.
struct FixedCosts {
  /// What OpenBLAS packs operands into, on all threads: a part of the addresses it sets aside for each.
  let productBytes: Int
  /// Program, libraries and what has been read so far (list of records, tokenizer): measured, or nil.
  private(set) var programBytes: Int?

  /// What OpenBLAS was seen to fill on a thread, at most.
  private static let productBytesPerThread = 8 << 20

  init(_ plan: MemoryPlan, threads: Int) {
    productBytes = threads * min(Self.productBytesPerThread, plan.totalBytes)
  }

  /// With the process as it stands; before the planned memory is written to, so that none of it is counted.
  func measured() -> FixedCosts {
    var costs = self
    costs.programBytes = ProcessMemory.residentBytes
    return costs
  }

  var totalBytes: Int { productBytes + (programBytes ?? 0) }

  /// `fixed costs 38.2 MB: …`.
  var text: String {
    let program = "program, libraries and list "
    return
      "fixed costs\(programBytes == nil ? "" : " " + byteText(totalBytes)): product buffers \(byteText(productBytes)), "
      + program + (programBytes.map { byteText($0) } ?? "measured when a run starts")
      + ", on each thread the image it decodes"
  }
}
