import Glibc
import LLVMKit
import Support
import Testing

struct ObjectTests {
  /// The layout of `mrm_call`'s beginning: a function, a name, two counts.
  struct Entry {
    var kernel: @convention(c) (Int32) -> Int32
    var name: UnsafePointer<CChar>
    var first: UInt32
    var count: UInt32
  }

  private func buildTables(_ module: ModuleBuilder) {
    var rows: [Value] = []
    for factor in [3, 5] {
      let function = module.addFunction(
        "times\(factor)", params: [module.i32], result: module.i32, linkage: .internal)
      let e = Emitter(module, function)
      e.ret(e.mul(function.parameter(0), e.i32(factor)))
      rows.append(
        module.constantStruct([
          function.address, module.string("layers.\(factor)"), module.constant(module.i32, factor),
          module.constant(module.i32, 1),
        ]))
    }
    let calls = module.global("test_calls", module.constantArray(of: rows[0].type, rows))
    let numbers = module.data("numbers", [1, 0, 2, 0, 3, 0, 4, 0])
    let header = [module.string("main"), calls, module.constantAddress(calls, offset: 24), numbers]
    _ = module.global("test_table", module.constantStruct(header), linkage: .external, alignment: 16)
  }

  @Test(arguments: [false, true])
  func tablesOfFunctionsAndStringsAreRelocated(_ debuggers: Bool) throws {
    let program = try Loaded(.host(), debuggers: debuggers, buildTables)
    let table = try program.jit.symbol("test_table").assumingMemoryBound(to: UnsafeRawPointer.self)
    #expect(String(cString: table[0].assumingMemoryBound(to: CChar.self)) == "main")
    let entries = table[1].assumingMemoryBound(to: Entry.self)
    #expect(entries[0].kernel(7) == 21 && entries[1].kernel(7) == 35)
    #expect(String(cString: entries[1].name) == "layers.5")
    #expect(entries[1].first == 5 && entries[1].count == 1)
    #expect(table[2] == table[1] + 24)
    #expect(table[3].loadUnaligned(fromByteOffset: 4, as: UInt16.self) == 3)
    #expect(UInt(bitPattern: table[3]) % 64 == 0)
  }

  @Test func objectsAreRelocatableELF() throws {
    let module = ModuleBuilder(name: "elf", target: try .named("x86-64-v3"))
    buildTables(module)
    let object = try module.emitObject()
    #expect(object.prefix(4) == [0x7F, 0x45, 0x4C, 0x46] && object[16] == 1)
    let assembly = try module.emitAssembly()
    #expect(assembly.contains("test_table:") && assembly.contains(".quad\ttimes3"))
  }

  @Test func objectsSeeEachOtherTheProcessAndDefinedSymbols() throws {
    let library = ModuleBuilder(name: "library", target: .host())
    let halve = library.addFunction("mrm_halve", params: [library.f64], result: library.f64)
    let first = Emitter(library, halve)
    first.ret(first.fmul(halve.parameter(0), first.constant(first.f64, 0.5)))

    let user = ModuleBuilder(name: "user", target: .host())
    let main = user.addFunction("mrm_main", params: [user.f64], result: user.f64)
    let e = Emitter(user, main)
    let cosine = user.declare("cos", params: [user.f64], result: user.f64)
    let other = user.declare("mrm_halve", params: [user.f64], result: user.f64)
    let offset = e.load(e.f64, user.externalGlobal("mrm_offset", user.f64))
    e.ret(e.fadd(e.call(other, [e.call(cosine, [main.parameter(0)])]), offset))

    let offsetStorage = UnsafeMutablePointer<Double>.allocate(capacity: 1)
    offsetStorage.pointee = 10
    defer { offsetStorage.deallocate() }
    let jit = try JIT()
    try jit.define("mrm_offset", offsetStorage)
    for module in [library, user] { try jit.add(object: try module.compiled()) }
    typealias Function = @convention(c) (Double) -> Double
    let function = unsafeBitCast(try jit.symbol("mrm_main"), to: Function.self)
    #expect(function(0.75) == Glibc.cos(0.75) * 0.5 + 10)
    #expect(throws: Diagnostic.self) { try jit.symbol("mrm_absent") }
  }

  @Test func compilingInParallelGivesTheObjectsOfCompilingInTurn() throws {
    func objects(threads: Int) throws -> [[UInt8]] {
      try concurrentMap(Array(0..<8), threads: threads) { (index) throws(Diagnostic) in
        let module = ModuleBuilder(name: "m\(index)", target: .host())
        addKernel(module, "kernel\(index)") { e, input, output in
          e.loop(from: 0, to: 64 * (index + 1), step: 16) { i in
            let x = e.load(e.f32.vector(16), e.gep(e.f32, input, i))
            e.store(e.fadd(x, x), e.gep(e.f32, output, i))
          }
        }
        return try module.compiled()
      }
    }
    let serial = try objects(threads: 1)
    #expect(try objects(threads: 2) == serial)
    #expect(Set(serial).count == 8)
  }

  @Test func aBrokenModuleIsNotCompiled() {
    let broken = ModuleBuilder(name: "broken", target: .host())
    Emitter(broken, broken.addFunction("f", params: [], result: broken.i32)).ret()
    #expect(throws: Diagnostic.self) { try broken.compiled() }
  }

  @Test func bf16DotProductsSelectTheirInstruction() throws {
    let module = ModuleBuilder(name: "dot", target: try .named("x86-64-v4-bf16"))
    addKernel(module, "dot") { e, input, output in
      let sum = e.load(e.f32.vector(16), output)
      let pairs = e.load(e.bf16.vector(32), input)
      e.store(e.addProductsOfPairs(sum, pairs, pairs), output)
      e.store(e.narrowToBF16(sum), input)
    }
    let assembly = try module.emitAssembly()
    #expect(assembly.contains("vdpbf16ps") && assembly.contains("vcvtneps2bf16"))
  }
}
