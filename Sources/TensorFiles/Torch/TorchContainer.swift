import Support

/// The parts of a PyTorch file: its object, and where each storage lies.
struct TorchContainer {
  let root: PickleValue
  let heap: PickleHeap
  /// The bytes of each storage, by its key.
  let storages: [String: Range<Int>]
  let isBigEndian: Bool

  /// A zip archive, as torch.save writes it since 1.6: `<root>/data.pkl`, `<root>/data/<key>`, `<root>/byteorder`.
  init(zip file: InputFile) throws(Diagnostic) {
    let directory = try ZipDirectory(file)
    guard
      let pickle = directory.entries.filter({ $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl") }).min(by: {
        $0.name.utf8.count < $1.name.utf8.count
      })
    else {
      let names = directory.entries.prefix(4).map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw Diagnostic(
        .badData, at: SourceLocation(file: file.path), "is a zip archive without a data.pkl: no file of torch.save",
        notes: names.isEmpty ? [] : ["it holds \(names)" + (directory.entries.count > 4 ? ", …" : "")])
    }
    var machine = PickleMachine(PickleInput(file, try directory.contents(pickle)))
    root = try machine.load()
    heap = machine.heap
    let folder = pickle.name.dropLast("data.pkl".count)
    let wanted = Set(heap.storages.map(\.key))
    var storages: [String: Range<Int>] = [:]
    var order = "little"
    for entry in directory.entries where entry.name.hasPrefix(folder) {
      let name = entry.name.dropFirst(folder.count)
      if name.hasPrefix("data/"), wanted.contains(String(name.dropFirst(5))) {
        storages[String(name.dropFirst(5))] = try directory.contents(entry)
      } else if name == "byteorder" {
        let place = try directory.contents(entry)
        order = String(decoding: try file.bytes(at: place.lowerBound, count: min(16, place.count)), as: UTF8.self)
      }
    }
    guard order == "little" || order == "big" else {
      throw Diagnostic(
        .badData, at: SourceLocation(file: file.path), "has byte order \"\(order)\", expected little or big")
    }
    self.storages = storages
    isBigEndian = order == "big"
  }

  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// Pickles in a row, as torch.save wrote until 1.5: a magic number, the protocol, the system, the object, the storages' keys;
  /// then per storage the number of its elements and the elements.
  init(legacy file: InputFile) throws(Diagnostic) {
    let input = PickleInput(file, 0..<file.size)
    var machine = PickleMachine(input)
    guard case .long(let magic) = try machine.load(), magic == Self.magic else {
      var error = input.problem("is a pickle, but none of torch.save")
      error.notes = ["save the weights alone: torch.save(model.state_dict(), \"weights.pth\")"]
      throw error
    }
    guard case .integer(1001) = try machine.load() else {
      throw input.problem("is of a version of torch.save that is not known")
    }
    _ = try machine.load()
    root = try machine.load()
    let list = try machine.load()
    guard let keys = machine.heap.elements(list) else { throw machine.damaged }
    heap = machine.heap
    isBigEndian = false
    storages = try Self.places(keys, heap.storages, machine)
  }

  private static func places(
    _ keys: [PickleValue], _ storages: [TorchStorage], _ machine: PickleMachine
  ) throws(Diagnostic) -> [String: Range<Int>] {
    let types = Dictionary(storages.map { ($0.key, $0.type) }, uniquingKeysWith: { first, _ in first })
    var places: [String: Range<Int>] = [:]
    var input = machine.input
    for key in keys {
      guard case .text(let name) = key, let type = types[name] else { throw machine.damaged }
      let count = try input.integer(8)
      guard count <= UInt64(input.left / type.size) else {
        throw input.problem("is cut off: storage \(name) of \(count) elements does not end in the file")
      }
      places[name] = input.place..<input.place + Int(count) * type.size
      try input.skip(Int(count) * type.size)
    }
    return places
  }
}
