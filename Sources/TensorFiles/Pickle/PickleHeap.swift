/// What the values of a pickle hold.
struct PickleHeap {
  /// A key and its value.
  typealias Entry = (key: PickleValue, value: PickleValue)

  var sequences: [[PickleValue]] = []
  var dictionaries: [[Entry]] = []
  private(set) var storages: [TorchStorage] = []
  private(set) var tensors: [TorchTensor] = []
  private var storagePlaces: [TorchStorage: Int] = [:]

  mutating func sequence(_ values: [PickleValue]) -> PickleValue {
    sequences.append(values)
    return .sequence(sequences.count - 1)
  }

  mutating func dictionary(_ entries: [Entry] = []) -> PickleValue {
    dictionaries.append(entries)
    return .dictionary(dictionaries.count - 1)
  }

  mutating func storage(_ storage: TorchStorage) -> PickleValue {
    if let place = storagePlaces[storage] { return .storage(place) }
    storages.append(storage)
    storagePlaces[storage] = storages.count - 1
    return .storage(storages.count - 1)
  }

  mutating func tensor(_ tensor: TorchTensor) -> PickleValue {
    tensors.append(tensor)
    return .tensor(tensors.count - 1)
  }

  /// The elements of a list or tuple; nil for anything else.
  func elements(_ value: PickleValue) -> [PickleValue]? {
    if case .sequence(let place) = value { return sequences[place] }
    return nil
  }

  /// The elements of a list or tuple of integers, as many as a tensor can have axes.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let elements = elements(value), elements.count <= 64 else { return nil }
    var result: [Int] = []
    for element in elements {
      guard case .integer(let number) = element else { return nil }
      result.append(number)
    }
    return result
  }
}
