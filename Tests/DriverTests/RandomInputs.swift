import Driver
import Interpreter

/// Arguments of a model's function for tests: small reals, tokens and masks, the same each time.
enum RandomInputs {
  static func values(_ function: Function) -> [HostTensor] {
    var state: UInt64 = 42
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    return function.arguments.map { argument in
      let count = argument.type.count
      if argument.type.element.isFloat {
        return HostTensor(argument.type, (0..<count).map { _ in Double(next(2001) - 1000) / 5000 })
      }
      let limit = argument.name == "attention_mask" ? 2 : argument.name == "seed" ? 1 : 12
      return HostTensor(argument.type, (0..<count).map { _ in Int64(next(limit)) })
    }
  }
}
