import Codegen
import LLVMKit

/// The functions under test.
enum MathFunction: String, CaseIterable, Sendable {
  case exp, log, tanh, erf, gelu, geluDerivative, normalCDF, rsqrt, sigmoid, roughExp, roughGelu, roughGeluDerivative

  /// Where what the processor has decides the last bits.
  var isRough: Bool { [.roughExp, .roughGelu, .roughGeluDerivative].contains(self) }

  func emit(_ math: VectorMath, _ x: Value) -> Value {
    switch self {
    case .exp: math.exp(x)
    case .log: math.log(x)
    case .tanh: math.tanh(x)
    case .erf: math.erf(x)
    case .gelu: math.gelu(x)
    case .geluDerivative: math.geluDerivative(x)
    case .normalCDF: math.normalCDF(x)
    case .rsqrt: math.rsqrt(x)
    case .sigmoid: math.sigmoid(x)
    case .roughExp: VectorMath(math.e, isRough: true).expOfDifference(x)
    case .roughGelu: VectorMath(math.e, isRough: true).gelu(x)
    case .roughGeluDerivative: VectorMath(math.e, isRough: true).geluDerivative(x)
    }
  }
}

/// Targets with fused multiply-add whose code runs on this machine.
let fusedTargets: [Target] = [
  ("x86-64-v3", "avx2"), ("emulated-x86-64-v4-bf16", "avx2"), ("x86-64-v4", "avx512bw"), ("native", "fma"),
].compactMap {
  Target.host().has($0.1) ? try? Target.named($0.0) : nil
}

/// Every function for one target, element type and lane count, compiled and loaded.
struct MathProgram {
  private let jit: JIT
  private let lanes: Int

  /// - Parameter lanes: 0 means scalars.
  init(_ target: Target, lanes: Int, double: Bool = false, functions: [MathFunction] = MathFunction.allCases) throws {
    self.lanes = max(1, lanes)
    let module = ModuleBuilder(name: "math", target: target)
    for kind in functions {
      let function = module.addFunction(
        kind.rawValue + "_kernel", params: [module.ptr, module.ptr, module.i64], result: module.void,
        attributes: FunctionAttributes(noAlias: [1]))
      let e = Emitter(module, function)
      let element = double ? e.f64 : e.f32
      let type = lanes == 0 ? element : element.vector(lanes)
      e.loop(from: e.i64(0), to: function.parameter(2), step: self.lanes, unrolling: .never) { i in
        let x = e.load(type, e.gep(element, function.parameter(0), i))
        e.store(kind.emit(VectorMath(e), x), e.gep(element, function.parameter(1), i))
      }
      e.ret()
    }
    jit = try JIT()
    try jit.add(object: try module.compiled())
  }

  /// One value per argument; the arguments are padded to whole vectors.
  func callAsFunction<T: BinaryFloatingPoint>(_ kind: MathFunction, _ arguments: [T]) throws -> [T] {
    var input = arguments
    while input.count % lanes != 0 { input.append(1) }
    var output = [T](repeating: 0, count: input.count)
    typealias Kernel = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int) -> Void
    let kernel = unsafeBitCast(try jit.symbol(kind.rawValue + "_kernel"), to: Kernel.self)
    let count = input.count
    input.withUnsafeMutableBytes { source in
      output.withUnsafeMutableBytes { kernel(source.baseAddress!, $0.baseAddress!, count) }
    }
    return Array(output.prefix(arguments.count))
  }
}
