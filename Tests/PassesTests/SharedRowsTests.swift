import Autodiff
import Interpreter
import Passes
import TensorIR
import Testing

/// Computing the rows that records have in common once changes neither losses nor gradients.
struct SharedRowsTests {
  /// A small masked decoder: tokens put back in their places, mask tokens in the others, what each row goes through by
  /// itself, and a loss in which no two rows weigh the same.
  struct Decoder: CustomTestStringConvertible, Sendable {
    var batch = 4
    var first = 1
    /// 0: none, 1: `[1, R, D]`, 2: `[R, D]`, 3: those of each record.
    var positions = 1
    /// Whether first rows and tokens are slices of one tensor.
    var joined = true
    var visible = 2
    let places = 6
    let width = 16
    let hidden = 32

    var testDescription: String {
      "batch \(batch) first \(first) positions \(positions) joined \(joined) visible \(visible)"
    }

    func make() throws -> Function {
      var b = Builder(Function(name: "decoder"))
      func argument(_ name: String, _ shape: [Int], _ b: inout Builder) -> ValueID {
        b.function.addArgument(Argument(name, TensorType(.f64, shape)))
      }
      let rows = first + places
      let x = argument("x", [batch, first + visible, width], &b)
      let y = argument("y", [batch, max(first, 1), width], &b)
      let token = argument("token", [1, 1, width], &b)
      let shapes = [[], [1], [], [batch]]
      let p = argument("p", shapes[positions] + [rows, width], &b)
      let (w, bias) = (argument("w", [hidden, width], &b), argument("bias", [hidden], &b))
      let u = argument("u", [hidden, width], &b)
      let weights = argument("weights", [batch, rows, width], &b)
      let noise = argument("noise", [batch, places], &b)

      let order = try b.add(.argsort(Argsort()), [noise])
      let ranks = try b.add(.argsort(Argsort()), [order])
      let fill = try b.broadcast(token, to: [batch, places - visible, width], axes: [0, 1, 2])
      let tokens = try b.add(.slice(Slice(start: [0, first, 0], limit: [batch, first + visible, width])), [x])
      let table = try b.add(.concat(Concat(axis: 1)), [tokens, fill])
      var whole = try b.add(.gather(Gather(batchDims: 1)), [table, ranks])
      if first > 0 {
        let front =
          joined ? try b.add(.slice(Slice(start: [0, 0, 0], limit: [batch, first, width])), [x]) : y
        whole = try b.add(.concat(Concat(axis: 1)), [front, whole])
      }
      if positions == 3 {
        whole = try b.binary(.add, whole, p)
      } else if positions > 0 {
        let all = try b.broadcast(p, to: [batch, rows, width], axes: positions == 1 ? [0, 1, 2] : [1, 2])
        whole = positions == 1 ? try b.binary(.add, whole, all) : try b.binary(.add, all, whole)
      }
      let mean = try b.scale(try b.reduce(.sum, whole, axes: [2]), by: 1 / Double(width))
      let centred = try b.binary(.sub, whole, try b.broadcast(mean, to: [batch, rows, width], axes: [0, 1]))
      let flat = try b.reshape(centred, to: [batch * rows, width])
      let inner = try b.binary(
        .add, try b.matmul(flat, w, transposeB: true), try b.broadcast(bias, to: [batch * rows, hidden], axes: [1]))
      let back = try b.matmul(try b.unary(.gelu, inner), u)
      let sum = try b.binary(.add, whole, try b.reshape(back, to: [batch, rows, width]))
      let weighed = try b.binary(.mul, try b.binary(.mul, sum, sum), weights)
      b.function.results = [FunctionResult("loss", try b.reduce(.sum, weighed, axes: [0, 1, 2]))]
      return b.function
    }

    func inputs(_ function: Function) -> [HostTensor] {
      function.arguments.enumerated().map { salt, argument in
        guard argument.name == "noise" else { return HostTensor.sample(argument.type, salt: salt) }
        return HostTensor(argument.type, (0..<argument.type.count).map { Double(($0 * 7 + 3) % 23) / 23 })
      }
    }
  }

  static let decoders: [Decoder] = [0, 1, 2].flatMap { first in
    [0, 1, 2].flatMap { positions in
      [true, false].map { Decoder(first: first, positions: positions, joined: $0) }
    }
  }

  @Test(arguments: decoders)
  func lossAndGradientsStay(_ decoder: Decoder) throws {
    let loss = try decoder.make()
    try Verifier.verify(loss)
    var passes = try PassManager(Pipeline([.init(.shareRows)]), .init(verifyEach: true))
    let shared = try passes.run(loss)
    #expect(passes.context.count("share-rows") == 1)
    #expect(Cost.flops(shared) < 0.8 * Cost.flops(loss))
    let names = loss.arguments.map(\.name).filter { $0 != "noise" }
    let inputs = decoder.inputs(loss)
    let whole = try Autodiff.gradients(of: loss, loss: "loss", withRespectTo: names)
    let table = try Autodiff.gradients(of: shared, loss: "loss", withRespectTo: names)
    #expect(Cost.flops(table) < 0.8 * Cost.flops(whole))
    let results = zip(try Interpreter.run(whole, inputs: inputs), try Interpreter.run(table, inputs: inputs))
    for (result, (a, b)) in zip(whole.results, results) {
      let largest = a.reals.map(abs).max()!
      let difference = zip(a.reals, b.reals).map { abs($0 - $1) }.max()!
      #expect(difference <= 1e-13 * max(1, largest), "\(result.name)")
    }
  }

  @Test func oneRecordSharesNothing() throws {
    let function = try Decoder(batch: 1).make()
    var passes = try PassManager(Pipeline([.init(.shareRows)]), .init(remarks: true))
    #expect(try passes.run(function) == function)
    #expect(passes.context.remarks.map(\.message) == ["rows are not shared: the table has 9 rows"])
  }

  /// Rows that differ from record to record at hidden places too.
  @Test func positionsOfRecordsAreNotShared() throws {
    let function = try Decoder(positions: 3).make()
    var passes = try PassManager(Pipeline([.init(.shareRows)]))
    #expect(try passes.run(function) == function)
  }
}
