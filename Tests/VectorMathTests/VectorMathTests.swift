import Codegen
import Glibc
import LLVMKit
import Testing

/// The C library's value in f64.
func reference(_ kind: MathFunction, _ x: Double) -> Double {
  switch kind {
  case .exp, .roughExp: Glibc.exp(x)
  case .log: Glibc.log(x)
  case .tanh: Glibc.tanh(x)
  case .erf: Glibc.erf(x)
  case .gelu, .roughGelu: x * 0.5 * Glibc.erfc(-x * 0.5.squareRoot())
  case .geluDerivative, .roughGeluDerivative:
    0.5 * Glibc.erfc(-x * 0.5.squareRoot()) + x * 0.3989422804014327 * Glibc.exp(-0.5 * x * x)
  case .normalCDF: 0.5 * Glibc.erfc(-x * 0.5.squareRoot())
  case .rsqrt: 1 / x.squareRoot()
  case .sigmoid: 1 / (1 + Glibc.exp(-x))
  }
}

/// `count` numbers from `low` to `high`, evenly spaced.
func range(_ low: Float, _ high: Float, _ count: Int) -> [Float] {
  (0..<count).map { low + (high - low) * Float($0) / Float(count - 1) }
}

/// Numbers of both signs whose magnitudes run evenly through the exponents from 2^`low` to 2^`high`.
func exponents(_ low: Int, _ high: Int, perOctave: Int) -> [Float] {
  (low..<high).flatMap { exponent in
    (0..<perOctave).flatMap { step -> [Float] in
      let x = Float(sign: .plus, exponent: exponent, significand: 1 + Float(step) / Float(perOctave))
      return [x, -x]
    }
  }
}

struct VectorMathTests {
  /// The largest error in units of the last place of the f32 nearest to the reference (of 2⁻¹²⁶ below it).
  private func worstULP(_ kind: MathFunction, _ program: MathProgram, _ arguments: [Float]) throws -> (Double, Float) {
    var worst = (0.0, Float(0))
    for (x, y) in zip(arguments, try program(kind, arguments)) {
      let exact = reference(kind, Double(x))
      if Float(exact).isInfinite && y.isInfinite && (y < 0) == (exact < 0) { continue }
      let unit = Double(max(Float(exact).magnitude, Float.leastNormalMagnitude).ulp)
      let error = ((Double(y) - exact) / unit).magnitude
      if !(error <= worst.0) { worst = (error, x) }
    }
    return worst
  }

  private func check(_ kind: MathFunction, _ target: Target, _ arguments: [Float], ulp limit: Double) throws {
    let program = try MathProgram(target, lanes: target.floatLanes, functions: [kind])
    let (error, x) = try worstULP(kind, program, arguments)
    #expect(error <= limit, "\(kind.rawValue)(\(x)) is \(error) ulp off")
  }

  @Test(arguments: fusedTargets) func exp(_ target: Target) throws {
    try check(.exp, target, range(-105, 89, 30001) + exponents(-40, 6, perOctave: 50), ulp: 1)
  }

  @Test(arguments: fusedTargets) func log(_ target: Target) throws {
    let positive = (exponents(-149, 128, perOctave: 40) + range(0.5, 2, 10001)).filter { $0 > 0 }
    try check(.log, target, positive, ulp: 0.8)
  }

  @Test(arguments: fusedTargets) func tanh(_ target: Target) throws {
    try check(.tanh, target, range(-10, 10, 20001) + exponents(-60, 120, perOctave: 20), ulp: 1.1)
  }

  @Test(arguments: fusedTargets) func erf(_ target: Target) throws {
    try check(.erf, target, range(-4.5, 4.5, 20001) + exponents(-60, 120, perOctave: 20), ulp: 1)
  }

  @Test(arguments: fusedTargets) func normalCDFAndSigmoid(_ target: Target) throws {
    try check(.normalCDF, target, range(-13, 8, 20001), ulp: 6)
    try check(.sigmoid, target, range(-80, 80, 20001), ulp: 2.5)
  }

  /// Of arguments that are bf16, an error of half a unit of which is 2⁻⁹ of the value.
  @Test(arguments: fusedTargets) func roughGelu(_ target: Target) throws {
    let arguments = (range(-9, 9, 20001) + exponents(-40, 3, perOctave: 20)).map {
      Float(bitPattern: $0.bitPattern & 0xFFFF_0000)
    }
    let program = try MathProgram(target, lanes: target.floatLanes, functions: [.roughGelu, .roughGeluDerivative])
    for (x, y) in zip(arguments, try program(.roughGelu, arguments)) where x != 0 {
      let exact = reference(.gelu, Double(x))
      #expect((Double(y) - exact).magnitude <= 1.5e-4 * exact.magnitude, "gelu(\(x)) = \(y)")
    }
    for (x, y) in zip(arguments, try program(.roughGeluDerivative, arguments)) {
      #expect((Double(y) - reference(.geluDerivative, Double(x))).magnitude <= 8e-5, "gelu'(\(x)) = \(y)")
    }
    for (x, y) in zip([Float.infinity, -.infinity], try program(.roughGelu, [Float.infinity, -.infinity])) {
      #expect(y == (x > 0 ? .infinity : 0), "gelu(\(x)) = \(y)")
    }
    #expect(try program(.roughGelu, [Float.nan])[0].isNaN && program(.roughGeluDerivative, [Float.nan])[0].isNaN)
  }

  @Test(arguments: fusedTargets) func roughExp(_ target: Target) throws {
    let arguments = range(-80, 1, 20001) + exponents(-40, -1, perOctave: 20)
    let program = try MathProgram(target, lanes: target.floatLanes, functions: [.roughExp])
    for (x, y) in zip(arguments, try program(.roughExp, arguments)) {
      let exact = reference(.roughExp, Double(x))
      #expect((Double(y) - exact).magnitude <= 1e-5 * exact, "exp(\(x)) = \(y)")
    }
    let tail = try program(.roughExp, [-Float.infinity, -3e38])
    #expect(tail == [0, 0])
    #expect(try program(.roughExp, [Float.nan])[0].isNaN)
  }

  @Test(arguments: fusedTargets) func rsqrtIsTwoRoundings(_ target: Target) throws {
    let arguments = exponents(-120, 120, perOctave: 30).filter { $0 > 0 }
    let program = try MathProgram(target, lanes: 16, functions: [.rsqrt])
    #expect(try program(.rsqrt, arguments) == arguments.map { 1 / $0.squareRoot() })
  }

  /// The argument of the largest error that `measure` gives for (result, exact).
  private func worst(
    _ kind: MathFunction, _ program: MathProgram, _ arguments: [Float], _ measure: (Double, Double) -> Double
  ) throws -> (error: Double, at: Float) {
    var worst = (error: 0.0, at: Float(0))
    for (x, y) in zip(arguments, try program(kind, arguments)) {
      let error = measure(Double(y), reference(kind, Double(x)))
      if !(error <= worst.error) { worst = (error, x) }
    }
    return worst
  }

  @Test(arguments: fusedTargets) func geluIsAccurateInItsTail(_ target: Target) throws {
    let program = try MathProgram(target, lanes: 16, functions: [.gelu])
    let arguments = range(-13, 13, 20001) + exponents(-60, 3, perOctave: 20)
    let (error, x) = try worst(.gelu, program, arguments) { y, exact in
      exact.magnitude < 1e-37 ? 0 : ((y - exact) / exact).magnitude
    }
    #expect(error < 1.5e-6, "gelu(\(x)) is off by \(error) of its value")
  }

  @Test(arguments: fusedTargets) func geluDerivativeIsTheSlopeEverywhere(_ target: Target) throws {
    let program = try MathProgram(target, lanes: 16, functions: [.geluDerivative])
    let arguments = range(-15, 15, 20001) + exponents(-60, 3, perOctave: 20)
    let (error, x) = try worst(.geluDerivative, program, arguments) { ($0 - $1).magnitude }
    #expect(error < 4e-7, "gelu'(\(x)) is off by \(error)")
  }

  @Test func withoutFusedMultiplyAddTheErrorStaysSmall() throws {
    let program = try MathProgram(try .named("x86-64-v2"), lanes: 4)
    for kind in [MathFunction.exp, .tanh, .erf] {
      let (error, x) = try worstULP(kind, program, range(-20, 20, 10001))
      #expect(error <= 4, "\(kind.rawValue)(\(x)) is \(error) ulp off")
    }
    for kind in [MathFunction.gelu, .geluDerivative] {
      let (error, x) = try worst(kind, program, range(-15, 15, 10001)) { ($0 - $1).magnitude }
      #expect(error < 2e-6, "\(kind.rawValue)(\(x)) is off by \(error)")
    }
  }

  @Test(arguments: fusedTargets) func specials(_ target: Target) throws {
    let tiny = Float.leastNonzeroMagnitude
    let huge: Float = 3e38
    let arguments: [Float] = [.infinity, -.infinity, 0, -0.0, .nan, tiny, -tiny, huge, -huge]
    let expected: [(MathFunction, [Float])] = [
      (.exp, [.infinity, 0, 1, 1, .nan, 1, 1, .infinity, 0]),
      (
        .log,
        [
          .infinity, .nan, -.infinity, -.infinity, .nan, Float(Glibc.log(0x1p-149)), .nan,
          Float(Glibc.log(Double(huge))), .nan,
        ]
      ),
      (.tanh, [1, -1, 0, -0.0, .nan, tiny, -tiny, 1, -1]),
      (.erf, [1, -1, 0, -0.0, .nan, tiny, -tiny, 1, -1]),
      (.gelu, [.infinity, 0, 0, 0, .nan, 0, 0, huge, 0]),
      (.geluDerivative, [1, 0, 0.5, 0.5, .nan, 0.5, 0.5, 1, 0]),
      (.normalCDF, [1, 0, 0.5, 0.5, .nan, 0.5, 0.5, 1, 0]),
      (.sigmoid, [1, 0, 0.5, 0.5, .nan, 0.5, 0.5, 1, 0]),
      (.rsqrt, [0, .nan, .infinity, -.infinity, .nan, 1 / tiny.squareRoot(), .nan, 1 / huge.squareRoot(), .nan]),
    ]
    for lanes in [0, 1, 3, 16] {
      let program = try MathProgram(target, lanes: lanes)
      for (kind, values) in expected {
        for (x, (y, value)) in zip(arguments, zip(try program(kind, arguments), values)) {
          let isSubnormalGelu = kind == .gelu && x.magnitude == tiny
          let matches = y == value || (y.isNaN && value.isNaN) || (isSubnormalGelu && y.magnitude <= tiny)
          #expect(matches, "\(kind.rawValue)(\(x)) = \(y), not \(value), with \(lanes) lanes")
        }
      }
    }
  }

  @Test func everyLaneCountAndTargetGivesTheSameBits() throws {
    guard let first = fusedTargets.first else {
      print("SKIPPED: this machine has no fused multiply-add")
      return
    }
    let arguments = range(-105, 95, 1321) + exponents(-30, 10, perOctave: 3)
    let scalar = try MathProgram(first, lanes: 0)
    var bits: [[UInt32]] = []
    let kinds = MathFunction.allCases.filter { !$0.isRough }
    for kind in kinds { bits.append(try scalar(kind, arguments).map(canonicalBits)) }
    for target in fusedTargets {
      let counts = target == first ? [1, 2, 3, 7, 8, 16, 17, 32] : [4, 16, 48]
      for lanes in counts {
        let program = try MathProgram(target, lanes: lanes)
        for (kind, expected) in zip(kinds, bits) {
          #expect(
            try program(kind, arguments).map(canonicalBits) == expected, "\(kind.rawValue), \(lanes) lanes, \(target)")
        }
      }
    }
  }

  private func canonicalBits(_ x: Float) -> UInt32 { x.isNaN ? 0x7FC0_0000 : x.bitPattern }

  @Test(arguments: [0, 1, 3, 8]) func doublePrecisionIsTheCLibrarys(_ lanes: Int) throws {
    let program = try MathProgram(.host(), lanes: lanes, double: true)
    let arguments = range(-30, 30, 601).map(Double.init)
    for kind in MathFunction.allCases {
      let wrong = zip(arguments, try program(kind, arguments)).filter { x, y in
        let exact = reference(kind, x)
        if y == exact || (y.isNaN && exact.isNaN) { return false }
        return !(((y - exact) / exact).magnitude < 1e-15 * max(1, x * x))
      }
      #expect(wrong.isEmpty, "\(kind) at \(wrong.prefix(3))")
    }
  }
}
