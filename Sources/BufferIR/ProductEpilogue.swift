import TensorIR

/// A loop that runs inside a product's kernel: on each block of the result's rows, by the thread that has computed them.
public struct ProductEpilogue: Hashable, Sendable {
  /// Its argument 0 is the product's result C; argument i is the call's operand 2 + i. The outer axes are C's rows, each
  /// divided into equal parts, and it reads C row-major where it stands.
  public var loop: LoopKernel

  /// Items of the loop's outer axes in one row of C.
  public func itemsPerRow(_ rows: Int) -> Int { loop.outer.reduce(1, *) / rows }

  /// Rows of C that one thread takes together, from a multiple of it on, because the loop adds them to the same sums.
  public func rowGrain(_ rows: Int) -> Int {
    max(1, loop.outer[loop.parallelAxes...].reduce(1, *) / itemsPerRow(rows))
  }

  /// Why a loop cannot run on rows of a product.
  enum Refusal: String, Error {
    case rows = "its loops are not over the product's rows"
    case reduction = "it reduces across rows"
    case place = "it reads the product at another place than it computes"
    case layout = "the product's result is not row-major"
    case few = "too few rows to divide"
    case between = "it needs a value computed from the product in between"
    case early = "its gradient is complete before the losses are known"
    case operand = "it updates what the product reads"
  }

  /// The loop with its outer axes arranged as rows of an m×n matrix that it reads as `argument`.
  static func arranged(_ loop: LoopKernel, m: Int, n: Int, argument: Int) throws(Refusal) -> LoopKernel {
    if !loop.sequential.isEmpty { throw .reduction }
    var result = loop
    if loop.inner > n {
      if loop.innerReduced { throw .reduction }
      if loop.inner % n != 0 { throw .rows }
      result = split(loop, inner: n)
    }
    let extents = result.outer + [result.inner]
    if extents.reduce(1, *) != m * n || result.outer.reduce(1, *) % m != 0 { throw .rows }
    let (itemsPerRow, itemsTogether) = (
      result.outer.reduce(1, *) / m, result.outer[result.parallelAxes...].reduce(1, *)
    )
    if itemsTogether % itemsPerRow != 0 && itemsPerRow % itemsTogether != 0 { throw .rows }
    var rowMajor = [Int](repeating: 1, count: extents.count)
    for axis in extents.indices.dropLast().reversed() { rowMajor[axis] = rowMajor[axis + 1] * extents[axis + 1] }
    for access in result.accesses where access.argument == argument || access.indirect?.argument == argument {
      if access.argument != argument || access.indirect != nil { throw .place }
      if zip(extents, zip(access.strides, rowMajor)).contains(where: { $0 > 1 && $1.0 != $1.1 }) { throw .place }
    }
    return result
  }

  /// The same loop with its inner axis as an outer one and an inner one of `inner` elements.
  private static func split(_ loop: LoopKernel, inner: Int) -> LoopKernel {
    func split(_ strides: [Int]) -> [Int] { strides.dropLast() + [strides.last! * inner, strides.last!] }
    var result = loop
    result.outer.append(loop.inner / inner)
    result.inner = inner
    for index in result.accesses.indices {
      result.accesses[index].strides = split(result.accesses[index].strides)
      if let indirect = result.accesses[index].indirect {
        result.accesses[index].indirect!.strides = split(indirect.strides)
      }
    }
    result.body = result.body.map { instruction in
      switch instruction {
      case .index(let strides, let offset, let element): .index(strides: split(strides), offset: offset, element)
      case .dropout(let value, let seed, let op, let strides):
        .dropout(value: value, seed: seed, op, strides: split(strides))
      case .load, .constant, .unary, .binary, .compare, .select, .convert, .reduce, .store: instruction
      }
    }
    return result
  }
}
