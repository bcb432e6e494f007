import Glibc
import Support
import Testing

extension CommandLineTests {
  @Suite struct AccumulationTests {
    private typealias Tensor = (entry: SafeTensors.Entry, bytes: [UInt8])

    private func tensor<Element: BitwiseCopyable>(
      _ name: String, _ dtype: SafeTensors.DType, _ shape: [Int], _ values: [Element]
    ) -> Tensor {
      (.init(name: name, dtype: dtype, shape: shape), values.withUnsafeBytes { Array($0) })
    }

    private func save(_ path: String, _ tensors: [Tensor]) throws {
      let writer = try SafeTensorsWriter(path: path, tensors: tensors.map(\.entry))
      for tensor in tensors { try writer.write(tensor.bytes) }
      try writer.finish()
    }

    /// Records of mrm-nano, each a function of its number.
    private func batch(_ records: Range<Int>) -> [Tensor] {
      let count = records.count
      func rows<Element>(_ size: Int, _ value: (Int, Int) -> Element) -> [Element] {
        records.flatMap { record in (0..<size).map { value(record, $0) } }
      }
      return [
        tensor("image", .f32, [count, 3, 64, 64], rows(3 * 64 * 64) { sin(Float($1) * (1 + Float($0) / 3)) }),
        tensor("noise", .f32, [count, 16], rows(16) { Float(($1 * 7 + $0 * 5) % 16) / 16 }),
        tensor("ids", .i32, [count, 12], rows(12) { ($1 + $0) % 3 == 1 ? 3 : Int32(5 + $1 + 2 * $0) }),
        tensor("labels", .i32, [count, 12], rows(12) { Int32(5 + $1 + 2 * $0) }),
        tensor("attention_mask", .i32, [count, 12], rows(12) { _, _ in Int32(1) }),
      ]
    }

    private let update = [("lr", Float(1e-3)), ("weight_decay", 0.05)]

    @Test func twoMicroBatchesAreOneOfTwiceTheSize() throws {
      let scratch = try ScratchDirectory()
      func run(_ function: String, _ input: [Tensor], _ output: String) throws -> SafeTensorsReader {
        try save(scratch.path + "/in.safetensors", input)
        let outcome = try Tool.run(
          "mrmc run mrm-nano --batch \(function == "train_step" ? 4 : 2) --function \(function) --set dropout=0 --init 1 "
            + "--inputs in.safetensors --outputs \(output)", in: scratch.path)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try SafeTensorsReader(path: scratch.path + "/" + output)
      }
      func sums(_ reader: SafeTensorsReader) throws -> [Tensor] {
        try reader.tensors.filter { $0.name.hasPrefix("grad_sum.") }.map { entry in
          (.init(name: entry.name, dtype: entry.dtype, shape: entry.shape), try reader.bytes(entry.name))
        }
      }
      let scalars = update.map { tensor($0.0, .f32, [], [$0.1]) } + [tensor("step", .i32, [], [Int32(1)])]
      let whole = try run("train_step", batch(0..<4) + scalars, "whole")
      let half = tensor("scale", .f32, [], [Float(0.5)])
      let first = try run("accumulate", batch(0..<2) + [half], "first")
      let second = try run("accumulate", batch(2..<4) + [half] + sums(first), "second")
      let parts = try run("apply", try sums(second) + scalars, "parts")

      let mean = try (first.floats("loss")[0] + second.floats("loss")[0]) / 2
      #expect(abs(mean - (try whole.floats("loss")[0])) < 1e-5 * mean)
      let norm = try whole.floats("grad_norm")[0]
      #expect(abs(try parts.floats("grad_norm")[0] - norm) < 1e-5 * norm)
      var (elements, moved) = (0, 0)
      let names = whole.tensors.map(\.name).filter { $0.hasPrefix("exp_avg.") }
      #expect(names.count > 50)
      for name in names {
        let (a, b) = (try whole.floats(name), try parts.floats(name))
        let largest = a.reduce(0) { max($0, abs($1)) }
        for (x, y) in zip(a, b) { #expect(abs(x - y) <= 2e-5 * largest + 1e-9 * norm, "\(name)") }
        let parameter = String(name.dropFirst("exp_avg.".count))
        for (x, y) in zip(try whole.floats(parameter), try parts.floats(parameter)) {
          elements += 1
          if abs(x - y) > 1e-2 * update[0].1 { moved += 1 }
        }
      }
      // AdamW divides gradients that are zero but for rounding by their own size.
      #expect(moved * 200 < elements, "\(moved) of \(elements)")
    }
  }
}
