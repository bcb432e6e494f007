import Support
import TensorIR

extension OpTable {
  private static let sizes: [[Int]] = [[], [1], [7], [3, 5], [2, 1, 17], [4, 33]]

  static let elementwise: [OpRow] = unary + binary + comparisons + mixed

  private static let unary: [OpRow] = Unary.Kind.allCases.flatMap { kind in
    sizes.map { shape in
      let input: HarnessInput.Kind =
        switch kind {
        case .neg, .exp, .tanh, .erf, .gelu, .geluDerivative: .uniform(-3, 3)
        case .abs, .sign: .signed(0.1, 2)
        case .log, .sqrt, .rsqrt: .uniform(0.2, 3)
        case .not: .booleans
        }
      return OpRow(
        "\(kind.rawValue) \(shape)", [HarnessInput(shape, input)], differentiable: kind != .not && kind != .sign
      ) { (b, x) throws(Diagnostic) in
        [try b.unary(kind, x[0])]
      }
    }
  }

  private static let binary: [OpRow] = Binary.Kind.allCases.flatMap { kind in
    sizes.map { shape in
      let isLogical = kind == .and || kind == .or
      let left = HarnessInput(shape, isLogical ? .booleans : .uniform(-1.5, 1.5))
      let right = HarnessInput(shape, isLogical ? .booleans : kind == .div ? .signed(0.5, 2) : .uniform(-1.5, 1.5))
      return OpRow("\(kind.rawValue) \(shape)", [left, right], differentiable: !isLogical) {
        (b, x) throws(Diagnostic) in
        [try b.binary(kind, x[0], x[1])]
      }
    }
  }

  private static let comparisons: [OpRow] = Compare.Kind.allCases.flatMap { kind in
    [HarnessInput([4, 9], .tied), HarnessInput([4, 9], .integers(-1..<2))].map { input in
      OpRow("compare \(kind.rawValue) \(input.isFloat ? "float" : "integer")", [input, input], differentiable: false) {
        (b, x) throws(Diagnostic) in
        [try b.compare(kind, x[0], x[1])]
      }
    }
  }

  private static let mixed: [OpRow] = [
    OpRow("square: both operands the same", [HarnessInput([3, 5])]) { (b, x) throws(Diagnostic) in
      [try b.binary(.mul, x[0], x[0])]
    },
    OpRow("maximum tied", [HarnessInput([5, 8], .tied), HarnessInput([5, 8], .tied)], differentiable: false) {
      (b, x) throws(Diagnostic) in
      [try b.binary(.max, x[0], x[1]), try b.binary(.min, x[0], x[1])]
    },
    OpRow(
      "integer arithmetic", [HarnessInput([3, 7], .integers(-9..<9)), HarnessInput([3, 7], .integers(-9..<9))],
      differentiable: false
    ) { (b, x) throws(Diagnostic) in
      [
        try b.binary(.add, x[0], x[1]), try b.binary(.sub, x[0], x[1]), try b.binary(.mul, x[0], x[1]),
        try b.binary(.max, x[0], x[1]), try b.binary(.min, x[0], x[1]), try b.unary(.neg, x[0]),
        try b.unary(.abs, x[0]),
        try b.unary(.sign, x[0]),
      ]
    },
    OpRow("select", [HarnessInput([3, 11], .booleans), HarnessInput([3, 11]), HarnessInput([3, 11])]) {
      (b, x) throws(Diagnostic) in
      [try b.select(x[0], x[1], x[2])]
    },
    OpRow("select scalar", [HarnessInput([], .booleans), HarnessInput([]), HarnessInput([])]) {
      (b, x) throws(Diagnostic) in
      [try b.select(x[0], x[1], x[2])]
    },
    OpRow(
      "convert integer and bool to float",
      [HarnessInput([4, 5], .integers(-90..<90)), HarnessInput([4, 5], .booleans)], differentiable: false
    ) { (b, x) throws(Diagnostic) in
      [try b.convert(x[0], to: .f32), try b.convert(x[1], to: .f32), try b.convert(x[1], to: .i32)]
    },
    OpRow(
      "convert float to integer and bool", [HarnessInput([4, 5], .uniform(-9, 9)), HarnessInput([4, 5], .tied)],
      differentiable: false
    ) { (b, x) throws(Diagnostic) in
      [try b.convert(x[0], to: .i32), try b.convert(x[1], to: .bool)]
    },
    OpRow("convert to bf16 and back", [HarnessInput([4, 5])]) { (b, x) throws(Diagnostic) in
      let narrow = try b.convert(x[0], to: .bf16)
      return [try b.convert(try b.binary(.mul, narrow, narrow), to: .f32)]
    },
    OpRow("stop_gradient", [HarnessInput([4, 5])], differentiable: false) { (b, x) throws(Diagnostic) in
      [try b.binary(.mul, x[0], try b.add(.stopGradient(StopGradient()), [x[0]]))]
    },
    OpRow("constant dense", [HarnessInput([2, 3])]) { (b, x) throws(Diagnostic) in
      let table = try b.add(.constant(Constant(.dense([1, -2, 3, 0.5, 0, 8]), b.type(x[0]))), [])
      return [try b.binary(.mul, x[0], table)]
    },
    OpRow("iota", [], differentiable: false) { (b, x) throws(Diagnostic) in
      [
        try b.add(.iota(Iota(axis: 0, TensorType(.i32, [5]))), []),
        try b.add(.iota(Iota(axis: 1, TensorType(.i32, [2, 3, 4]))), []),
      ]
    },
  ]
}
