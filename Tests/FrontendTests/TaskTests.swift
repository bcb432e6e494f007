import Frontend
import Interpreter
import Testing

/// Models with tasks: their feeds, their optimiser, what of them is trained.
@Suite struct TaskTests {
  private struct Probe: TaskModel {
    var predicts = false
    var clip: Double?

    var task: Task {
      Task(
        "probe",
        feeds: [
          .image(ImageFeed(side: 4, channels: 1, crop: .pretraining)),
          .labels(LabelFeed(columns: ["a", "b", "c"], kind: .classIndex), named: "kind"),
          .labels(LabelFeed(columns: ["x", "y"], kind: .real), named: "sizes"), .noise(NoiseFeed(count: 5)),
          .tokens(TokenFeed(length: 7, vocabulary: 9)),
        ],
        schedule: Schedule(.constant), recipe: Recipe(length: .steps(1), warmup: .steps(0), rate: .peak(1)))
    }

    var optimizer: Optimizer {
      Optimizer("still") { $0.setParameter($0.parameter - $0.learningRate("lr") * $0.gradient) }
    }

    private func scores(_ graph: Graph) -> Tensor {
      linear("head", graph.image().reshaped([-1, 16]), features: 3)
    }

    func loss(_ graph: Graph) {
      graph.result("loss", crossEntropy(scores(graph), graph.labels("kind")).mean(), role: .loss)
    }

    func evaluate(_ graph: Graph) { graph.result("scores", scores(graph), role: .measure) }

    func predict(_ graph: Graph) -> Bool {
      if predicts { evaluate(graph) }
      return predicts
    }
  }

  private func module(_ probe: Probe, _ more: (inout ModuleBuilder) throws -> Void = { _ in }) throws -> Module {
    var builder = try ModuleBuilder("probe", ModelOptions(batch: 2))
    try builder.add(probe)
    try more(&builder)
    return builder.finish()
  }

  @Test("A model with a task becomes its functions and those of its optimiser", arguments: [true, false])
  func functions(predicts: Bool) throws {
    let module = try module(Probe(predicts: predicts, clip: 2))
    #expect(
      module.functions.map(\.name) == ["still", "still_decayed", "loss", "evaluate"] + (predicts ? ["predict"] : []))
    #expect(module.task?.optimizer == Optimization(update: "still", decayedUpdate: "still_decayed", clip: 2))
    let loss = try #require(module.function(named: "loss"))
    #expect(loss.results.map(\.role) == [.loss] && loss.type(of: loss.results[0].value) == TensorType(.f32, []))
    #expect(module.function(named: "evaluate")?.results.map(\.role) == [.measure])
  }

  @Test("Each feed gives its tensors, named as the feed, or as the part where there are several")
  func feeds() throws {
    let module = try module(Probe()) { builder in
      try builder.function("all") { graph in
        _ = (graph.image(), graph.labels("kind"), graph.labels("sizes"), graph.noise())
        for part in [TokenFeed.ids, TokenFeed.labels, TokenFeed.mask] { _ = graph.feed(FeedPort("report", part)) }
        graph.result("y", graph.feed(FeedPort("noise", NoiseFeed.values), name: "noise").sum())
      }
    }
    let arguments = try #require(module.function(named: "all")).arguments
    #expect(
      arguments.map { "\($0.name): \($0.type)" } == [
        "image: f32[2,1,4,4]", "kind: i32[2]", "sizes: f32[2,2]", "noise: f32[2,5]", "ids: i32[2,7]",
        "labels: i32[2,7]",
        "attention_mask: i32[2,7]",
      ])
    #expect(arguments[0].role == .input(port: FeedPort("image", "pixels")))
    #expect(arguments[6].role == .input(port: FeedPort("report", "attention_mask")))
  }

  @Test("A feed that is not there is an error that names those that are")
  func noFeed() throws {
    let unknown = #expect(throws: Diagnostic.self) {
      try module(Probe()) { try $0.function("g") { $0.result("y", $0.labels("finding")) } }
    }
    #expect(unknown?.message == "the task has no feed finding.values")
    #expect(unknown?.notes.first?.contains("kind.values") == true)
    var early = try ModuleBuilder("early", ModelOptions())
    let none = #expect(throws: Diagnostic.self) { try early.function("loss") { $0.result("loss", $0.image()) } }
    #expect(none?.notes.first == "state the task before the functions")
  }

  @Test("Layers are frozen and have rates by the innermost scope that says so")
  func training() throws {
    let function = try build { graph in
      let frozen = graph.training(frozen: true) { graph.training(rate: 0.5) { graph.parameter("a", [2, 2], .ones) } }
      let slow = graph.training(rate: 0.5) {
        graph.parameter("b", [2, 2], .ones) + graph.training(rate: 0.25) { graph.parameter("c", [2, 2], .ones) }
          + graph.parameter("d", [2, 2], .ones, rate: 2)
      }
      return frozen + slow + graph.parameter("e", [2, 2], .ones)
    }
    let roles = function.arguments.map { $0.role.parameter! }
    #expect(roles.map(\.isTrainable) == [false, true, true, true, true])
    #expect(roles.map(\.decays) == [false, true, true, true, true])
    #expect(roles.dropFirst().map(\.rateScale) == [0.5, 0.25, 2, 1])
  }

  @Test("An optimiser is stated for one number: its functions compute what its formula says", arguments: [false, true])
  func optimizer(decays: Bool) throws {
    // v ← 0.5·v + g      p ← p·(1 − lr·wd) − lr·v/t
    let optimizer = Optimizer("ball") { update in
      let rate = update.learningRate("lr")
      let step = update.step("step").converted(to: .f32)
      let v = update.state("speed") * 0.5 + update.gradient
      let decay = 1 - rate * update.hyperparameter("weight_decay", standard: 0.25)
      update.setParameter((update.decays ? update.parameter * decay : update.parameter) - rate * v / step)
      update.setState("speed", v)
    }
    let functions = try optimizer.functions()
    let function = decays ? functions.decayed : functions.plain
    let values: [String: Double] = ["parameter": 2, "gradient": 0.5, "lr": 0.125, "weight_decay": 0.5, "speed": 3]
    let inputs = function.arguments.map { argument in
      argument.name == "step"
        ? HostTensor(argument.type, [Int64(4)]) : HostTensor(argument.type, [values[argument.name]!])
    }
    let results = try Interpreter.run(function, inputs: inputs)
    #expect(function.results.map(\.name) == ["parameter", "speed"])
    #expect(results[0].reals == [(decays ? 2 * 0.9375 : 2) - 0.125 * 2 / 4] && results[1].reals == [2])
    #expect(function.results.map { $0.alias.map { function.arguments[$0.index].name } } == ["parameter", "speed"])
    let roles = Dictionary(uniqueKeysWithValues: function.arguments.map { ($0.name, $0.role) })
    #expect(roles["speed"] == .state(slot: "speed", of: "parameter") && roles["gradient"] == .input)
    #expect(roles["weight_decay"] == .scalar(.hyperparameter(standard: 0.25)) && roles["step"] == .scalar(.step))
  }
}
