import Autodiff
import BufferIR
import Frontend
import Models
import Passes
import TensorIR
import Testing
import TrainingHarness

/// Fusions on the real model, counted, so that none stops firing silently.
@Suite struct FusionCountTests {
  @Test func everyFusionOfTheBaseModelHappens() throws {
    var module = try ModelRegistry.model(named: "mrm-vit-b16").build(try ModelOptions(batch: 16))
    try TrainingFunctions.add(to: &module)
    var passes = try PassManager(Pipeline.level(2), .init(remarks: true))
    let function = try passes.run(module.function(named: "train_step")!)
    var counts: [String: Int] = [:]
    for node in function.nodes { counts[node.op.mnemonic, default: 0] += 1 }
    #expect(counts["attention"] == 22)
    #expect(counts["attention_gradient"] == 22)
    #expect(counts["softmax"] == nil)
    #expect(
      !passes.context.remarks.contains {
        !$0.fired && $0.pass == "fuse-attention" && $0.message.contains("attention not fused")
          && $0.layer.contains("attention")
      })
    // Encoder 12·2 + 1, decoder 4·2 + 1, report 1 + 6·2 + 1.
    #expect(counts["layer_norm"] == 48)
    #expect(counts["layer_norm_gradient"] == 48)
    let missed = passes.context.remarks.filter { !$0.fired && $0.pass == "fuse-layer-norm" }
    #expect(missed.allSatisfy { $0.layer == "target" || $0.layer == "adamw" }, "\(missed)")
    let program = try Program.lower(function)
    #expect(program.remarks.filter { $0.contains("layer_norm") } == [], "each is one kernel")
    // Unshuffling forward in two steps, its adjoint unscattered and cut in two.
    #expect(passes.context.count("fuse-gathers") == 2, "the others have risen to what they read")
    #expect(passes.context.count("pool-sums") == 1)
    #expect(!program.calls.contains { $0.label.contains("unshuffle.scatter_add") })
    #expect(!program.calls.contains { $0.label.hasSuffix("word_embeddings.gather") })
    #expect(program.calls.count { $0.label.contains("decoder.blocks.0.norm1.add+select+compare+gather") } == 1)
    #expect(program.scratchBytes <= 256 << 10)
    let scores = 16 * 12 * 50 * 50 * 4
    #expect(
      !program.buffers.contains {
        $0.storage == .temporary && $0.name.contains("attn.attention") && $0.byteCount == scores
      })
  }

  /// The hidden patches of the decoder's end, the visible ones of the embedding: the rows of their products.
  @Test func theBaseModelComputesNoRowsThatNobodyReads() throws {
    let batch = 2
    var module = try ModelRegistry.model(named: "mrm-vit-b16").build(try ModelOptions(batch: batch))
    try TrainingFunctions.add(to: &module)
    let step = module.function(named: "train_step")!
    var before = try PassManager(Pipeline(parsing: "erase-stop-gradient,fold,canonicalise,cse,dce"))
    let whole = try before.run(step)
    var passes = try PassManager(Pipeline(parsing: "row-demand"))
    let function = try passes.run(whole)
    #expect(passes.context.count("row-demand", "rows nobody reads are not computed") == 2)
    #expect(passes.context.count("row-demand", "columns read at other rows are computed apart") == 2)
    func products(_ layer: String, rows: Int) -> Int {
      function.nodes.count { node in
        guard case .matmul = node.op, node.provenance.layer == layer else { return false }
        let a = function.type(of: node.operands[0]).shape
        return a[0] == rows * batch
      }
    }
    // Forward, adjoint of the operand, adjoint of the weight.
    for layer in [
      "decoder.decoder_pred", "decoder.blocks.3.mlp.fc1", "decoder.blocks.3.mlp.fc2", "decoder.blocks.3.attn.proj",
      "decoder.blocks.3.attn.qkv",
    ] {
      #expect(products(layer, rows: 147) == 3, "\(layer)")
    }
    #expect(products("decoder.blocks.3.attn.qkv", rows: 197) == 3, "keys and values")
    #expect(products("decoder.blocks.2.mlp.fc1", rows: 197) == 3)
    #expect(products("encoder.patch_embed", rows: 49) == 2)
    let saved = (Cost.flops(whole) - Cost.flops(function)) / Double(batch)
    #expect(saved > 2.8e9 && saved < 3.1e9, "\(saved) FLOPs per record")
  }

  @Test(arguments: ["all", "masked"]) func theHeadOfTheBaseModelIsFused(reportLoss: String) throws {
    let options = try ModelOptions(batch: 16, settings: [("report_loss", reportLoss)])
    var module = try ModelRegistry.model(named: "mrm-vit-b16").build(options)
    try TrainingFunctions.add(to: &module)
    let logits = 16 * 100 * 30000 * 4
    for name in ["loss", "evaluate", "loss_and_grads", "train_step", "accumulate"] {
      var passes = try PassManager(Pipeline.level(2))
      let function = try passes.run(module.function(named: name)!)
      let isForward = name == "loss" || name == "evaluate"
      let pass = LinearCrossEntropyTests.pass
      #expect(passes.context.count(pass, LinearCrossEntropyTests.forward) == (isForward ? 1 : 0))
      #expect(passes.context.count(pass, LinearCrossEntropyTests.backward) == (isForward ? 0 : 1))
      #expect(!function.nodes.contains { ["softmax", "log_sum_exp"].contains($0.op.mnemonic) })
      let program = try Program.lower(function)
      #expect(!program.buffers.contains { $0.storage == .temporary && $0.byteCount >= logits })
    }
  }
}
