import Autodiff
import OpHarness
import Support
import TensorIR

/// A small model that ends in a head with cross-entropy, in the forms that graphs have it.
struct HeadGraph {
  enum Reduction: Sendable {
    case mean
    case sum
    /// Over the rows where `mask` is not 0, divided by their number.
    case masked
    /// A sum whose adjoint is the argument `scale`.
    case scaled
    /// The square of the mean: its adjoint depends on the loss.
    case squared
  }
  /// What else reads a value of the head.
  enum Extra: Sendable {
    case none, logitsResult, logitsSum, logSumExpResult, argmax
  }
  var batch = 4
  var tokens = 9
  var features = 6
  var classes = 21
  var reduction = Reduction.mean
  var hasBias = true
  var isTied = false
  var extra = Extra.none
  var element = ElementType.f32
  /// Whether the result is the loss with its gradients.
  var isTraining = true

  func function() throws(Diagnostic) -> Function {
    var function = Function(name: "head")
    let rows = batch * tokens
    func argument(_ name: String, _ shape: [Int], _ type: ElementType? = nil) -> ValueID {
      function.addArgument(Argument(name, TensorType(type ?? element, shape)))
    }
    let x = argument("x", [rows, features])
    let projection = argument("projection", [features, features])
    let matrix = argument("matrix", [classes, features])
    let bias = argument("bias", [classes])
    let labels = argument("labels", [batch, tokens], .i32)
    let mask = argument("mask", [batch, tokens])
    let scale = argument("scale", [])
    var b = Builder(function)
    var h = try b.matmul(x, projection)
    if isTied { h = try b.add(.gather(Gather(batchDims: 0)), [matrix, try b.reshape(labels, to: [rows])]) }
    b.provenance = Provenance(layer: "head")
    var logits = try b.matmul(h, matrix, transposeB: true)
    if hasBias { logits = try b.binary(.add, logits, try b.broadcast(bias, to: [rows, classes], axes: [1])) }
    logits = try b.reshape(logits, to: [batch, tokens, classes])
    let type = b.type(logits)
    let index = try b.add(.iota(Iota(axis: 2, type.with(.i32))), [])
    let hit = try b.compare(.eq, index, try b.broadcast(labels, to: type.shape, axes: [0, 1]))
    let chosen = try b.reduce(.sum, try b.select(hit, logits, try b.splat(0, type)), axes: [2])
    let sums = try b.add(.logSumExp(LogSumExp()), [logits])
    var loss = try b.binary(.sub, sums, chosen)
    if case .masked = reduction {
      let count = try b.binary(.max, try b.reduce(.sum, mask, axes: [0, 1]), try b.splat(1, TensorType(element, [])))
      loss = try b.binary(.div, try b.reduce(.sum, try b.binary(.mul, loss, mask), axes: [0, 1]), count)
    } else {
      loss = try b.reduce(.sum, loss, axes: [0, 1])
      if reduction != .sum { loss = try b.scale(loss, by: 1 / Double(rows)) }
    }
    if case .scaled = reduction { loss = try b.binary(.mul, loss, scale) }
    if case .squared = reduction { loss = try b.binary(.mul, loss, loss) }
    var results = [FunctionResult("loss", loss)]
    switch extra {
    case .none: break
    case .logitsResult: results.append(FunctionResult("logits", logits))
    case .logitsSum: results.append(FunctionResult("sum", try b.reduce(.sum, logits, axes: [0, 1, 2])))
    case .logSumExpResult: results.append(FunctionResult("sums", sums))
    case .argmax: results.append(FunctionResult("argmax", try b.add(.argmax(Argmax()), [logits])))
    }
    b.function.results = results
    if !isTraining { return b.function }
    var wanted = ["matrix"]
    if !isTied { wanted += ["x", "projection"] }
    if hasBias { wanted.append("bias") }
    return try Autodiff.gradients(of: b.function, loss: "loss", withRespectTo: wanted)
  }

  /// Values for the arguments; `mask` holds zeros in about half of its places, or everywhere.
  func values(maskIsZero: Bool = false) -> [HarnessValues] {
    var random = RandomSource(seed: 3)
    let rows = batch * tokens
    let inputs = [
      HarnessInput([rows, features]), HarnessInput([features, features]), HarnessInput([classes, features]),
      HarnessInput([classes]), HarnessInput([batch, tokens], .integers(0..<classes)),
      HarnessInput([batch, tokens], .integers(maskIsZero ? 0..<1 : 0..<2)), HarnessInput([]),
    ]
    return inputs.enumerated().map { index, input in
      let values = input.values(&random)
      if index == 5, case .integers(let list) = values { return .reals(list.map(Double.init)) }
      return values
    }
  }
}
