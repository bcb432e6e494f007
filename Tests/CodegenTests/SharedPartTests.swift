import BufferIR
import CRuntime
import Glibc
import Interpreter
import JITHarness
import OpHarness
import Support
import TensorIR
import Testing

/// Threads that are done with their part of a product compute pieces of the others'.
@Suite struct SharedPartTests {
  private static let (m, k, n) = (960, 512, 2048)

  /// a·b, and how far each element is below its row's largest.
  private static func program(rows: Bool) throws -> (CompiledProgram, [HostTensor]) {
    var function = Function(name: "product")
    function.addArgument(Argument("a", TensorType(.f32, [m, k])))
    function.addArgument(Argument("b", TensorType(.f32, [k, n])))
    var builder = Builder(function)
    let product = try builder.add(.matmul(Matmul()), function.argumentValues)
    builder.function.results = [FunctionResult("c", product)]
    if rows {
      let largest = try builder.broadcast(try builder.reduce(.max, product, axes: [1]), to: [m, n], axes: [0])
      builder.function.results.append(FunctionResult("below", try builder.binary(.sub, product, largest)))
    }
    var options = LoweringOptions()
    options.products = .emitted
    let inputs = RandomGraphTests.inputs(builder.function, seed: 3)
    return (try CompiledProgram(builder.function, options: options), inputs)
  }

  /// Which thread computed an element shows in how it is rounded: thread 0 rounds up, thread 1 down. Thread 0 comes so late to
  /// the product that thread 1 is done with its part.
  @Test(.enabled(if: mrm_processors() > 1, "two threads that run at once"), arguments: [false, true])
  func aThreadThatIsDoneHelps(rows: Bool) throws {
    let (program, inputs) = try Self.program(rows: rows)
    #expect(program.program.calls.count == 2, "B is packed, then multiplied")
    let (nearest, up, down): (Int32, Int32, Int32) = (FE_TONEAREST, FE_UPWARD, FE_DOWNWARD)
    defer { fesetround(nearest) }
    func run(_ modes: [Int32], late: UInt32 = 0) -> CompiledProgram.Run {
      program.run(inputs, threads: 2) { thread, call in
        guard call == 0 else { return }
        fesetround(modes[thread])
        if thread == 0 { usleep(late) }
      }
    }
    let ups = run([up, up]).outputs
    let downs = run([down, down]).outputs
    let count = Self.m / 2 * Self.n
    #expect(ups[0].reals[..<count] != downs[0].reals[..<count])
    var helped = false
    // On a crowded machine thread 1 may sleep through all of thread 0's part, even many times in a row.
    for _ in 0..<500 where !helped {
      let outputs = run([up, down], late: 20_000).outputs
      for (place, value) in outputs[0].reals.enumerated() {
        if value == ups[0].reals[place] { continue }
        #expect(value == downs[0].reals[place])
        if place < count { helped = true }
      }
      if rows {
        for row in 0..<Self.m {
          let places = row * Self.n..<(row + 1) * Self.n
          let largest = outputs[0].reals[places].max()!
          let isRight = places.allSatisfy {
            abs(outputs[0].reals[$0] - largest - outputs[1].reals[$0]) <= 1e-6 * abs(outputs[1].reals[$0])
          }
          #expect(isRight, "row \(row)")
        }
      }
    }
    #expect(helped, "thread 1 computed nothing of thread 0's part")
  }
}
