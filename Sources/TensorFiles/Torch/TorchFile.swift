import Support

/// A file of PyTorch's torch.save, `.pth`, `.pt` or `.bin`. Nothing in it is executed.
public final class TorchFile: TensorFile {
  public let tensors: [StoredTensor]
  private let file: InputFile
  private let isBigEndian: Bool
  private let views: [String: View]

  /// Where a tensor's elements lie.
  private struct View {
    let stored: StoredTensor
    let tensor: TorchTensor
    let type: TorchType
    /// Where element 0 of its storage lies in the file.
    let start: Int
  }

  /// Reads the zip archive that torch.save writes since 1.6. `badData` where it is damaged or holds more than weights and
  /// plain settings.
  public convenience init(zip file: InputFile) throws(Diagnostic) { try self.init(file, TorchContainer(zip: file)) }

  /// Reads the pickles that torch.save wrote until 1.5, in the same way.
  public convenience init(legacy file: InputFile) throws(Diagnostic) {
    try self.init(file, TorchContainer(legacy: file))
  }

  private init(_ file: InputFile, _ container: TorchContainer) throws(Diagnostic) {
    let found = try TorchWeights.find(container.root, container.heap, file.path)
    var views: [String: View] = [:]
    for (name, tensor) in found {
      func bad(_ problem: String) -> Diagnostic {
        Diagnostic(.badData, at: SourceLocation(file: file.path), "tensor \"\(name)\": \(problem)")
      }
      let storage = container.heap.storages[tensor.storage]
      guard let reach = tensor.reach, reach <= storage.count else {
        throw bad("its shape \(tensor.shape) and strides \(tensor.strides) lead out of \(storage.count) elements")
      }
      guard let place = container.storages[storage.key] else { throw bad("its storage \"\(storage.key)\" is missing") }
      guard storage.start + storage.count <= place.count / storage.type.size else {
        throw bad(
          "its storage has \(place.count) bytes, expected \(storage.count) elements of \(storage.type.size): "
            + "the file is damaged")
      }
      views[name] = View(
        stored: StoredTensor(name: name, type: storage.type.name, shape: tensor.shape), tensor: tensor,
        type: storage.type, start: place.lowerBound + storage.start * storage.type.size)
    }
    tensors = found.map { views[$0.name]!.stored }
    self.file = file
    self.views = views
    isBigEndian = container.isBigEndian
  }

  public var path: String { file.path }

  public subscript(name: String) -> StoredTensor? { views[name]?.stored }

  public func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws(Diagnostic) {
    guard let view = views[name], let format = view.stored.format else {
      let problem = self[name].map { "is \($0.typeText), expected a floating-point type" } ?? "is missing"
      throw Diagnostic(.badData, at: SourceLocation(file: path), "tensor \"\(name)\" \(problem)")
    }
    precondition(destination.count == view.tensor.shape.reduce(1, *))
    if destination.isEmpty { return }
    let tensor = view.tensor
    let start = view.start + tensor.offset * format.size
    if tensor.isContiguous, format == .f32, !isBigEndian {
      return try file.read(at: start, into: UnsafeMutableRawBufferPointer(destination))
    }
    let bytes = try file.bytes(at: start, count: (tensor.reach! - tensor.offset) * format.size)
    bytes.withUnsafeBytes { source in
      Self.gather(tensor) { place, stride, range in
        format.convert(
          source, from: place * format.size, stride: stride, swapped: isBigEndian,
          into: UnsafeMutableBufferPointer(rebasing: destination[range]))
      }
    }
  }

  /// Calls `row` for each run along the last axis: the place of its first element after the view's first, the stride, and
  /// which of the tensor's elements it is.
  private static func gather(_ tensor: TorchTensor, _ row: (Int, Int, Range<Int>) -> Void) {
    let (width, stride) = (tensor.shape.last ?? 1, tensor.strides.last ?? 1)
    let outer = Array(zip(tensor.shape, tensor.strides).dropLast())
    var index = [Int](repeating: 0, count: outer.count)
    var place = 0
    for number in 0..<tensor.shape.dropLast().reduce(1, *) {
      row(place, stride, number * width..<(number + 1) * width)
      var axis = outer.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += outer[axis].1
        if index[axis] < outer[axis].0 { break }
        place -= outer[axis].0 * outer[axis].1
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
