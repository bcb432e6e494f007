import Autodiff
import BufferIR
import Frontend
import Models
import Passes
import TensorIR
import Testing
import TrainingHarness

/// What the kernels and the memory of the real model's training step are, so that no fusion stops firing silently.
@Suite struct BaseModelPlanTests {
  private static func step(batch: Int) throws -> Program {
    var module = try ModelRegistry.model(named: "mrm-vit-b16").build(try ModelOptions(batch: batch))
    try TrainingFunctions.add(to: &module)
    var passes = try PassManager(Pipeline.level(2))
    return try Program.lower(try passes.run(module.function(named: "train_step")!), options: .level(2))
  }

  @Test func everyKernelOfAStepIsFused() throws {
    let program = try Self.step(batch: 16)
    func count(_ part: String) -> Int { program.calls.count { $0.label.contains(part) } }
    // Encoder 12, decoder 4, report 6.
    #expect(program.calls.count { $0.label.hasSuffix(".attention") } == 22)
    #expect(program.calls.count { $0.label.hasSuffix(".attention_gradient") } == 22)
    // The MLPs' first product with bias and GELU; the second one's adjoint with GELU again, its derivative and the sums
    // of the bias.
    #expect(count("mlp.fc1.matmul+add+gelu") == 16 && count("intermediate.dense.matmul+add+gelu") == 6)
    #expect(count(".matmul+gelu+mul+gelu_derivative+reduce_sum") == 22)
    // Embedding with the gather of visible patches and positions; unshuffling with mask tokens and positions.
    #expect(count("encoder.patch_embed.matmul+add+gather") == 1)
    #expect(count("decoder.blocks.0.norm1.add+select+compare+gather") == 1)
    #expect(count("decoder.decoder_pred.matmul+add+gather+reduce_sum") == 1, "the image loss and its gradient")
    #expect(count("linear_cross_entropy_gradient") > 0 && count("softmax") == 0 && count("log_sum_exp") == 0)
    // Only pixels are put in another order: those of patches.
    let moved = program.calls.filter { $0.label.hasSuffix(".copy") || $0.label.contains("transpose") }
    #expect(Set(moved.map(\.provenance.layer)).isSubset(of: ["encoder.patch_embed", "target"]))
  }

  @Test func noBufferHoldsScoresOrLogits() throws {
    let program = try Self.step(batch: 16)
    let temporaries = program.buffers.filter { $0.storage == .temporary }
    // Heads × rows × rows of encoder, decoder and report; rows × vocabulary.
    for (heads, rows) in [(12, 50), (6, 197), (6, 100)] {
      let scores = 16 * heads * rows * rows * 4
      #expect(!temporaries.contains { $0.byteCount == scores && $0.name.contains("att") }, "\(heads)×\(rows)²")
    }
    #expect(!temporaries.contains { $0.byteCount >= 16 * 100 * 30000 * 4 })
    #expect(program.scratchBytes <= 256 << 10)
  }

  /// Activations and normalised rows are not kept, and each branch runs forward and backward in turn.
  @Test(arguments: [(16, 900_000_000), (64, 3_250_000_000)])
  func theStepNeedsLittleMemory(batch: Int, bytes: Int) throws {
    #expect(try Self.step(batch: batch).plan.arenaBytes < bytes)
  }

  @Test func nothingIsUpdatedBeforeTheLossIsKnown() throws {
    let program = try Self.step(batch: 16)
    let guarded = try #require(program.guards.map(\.beforeCall).max())
    for call in program.calls[..<guarded] {
      for operand in call.operands where operand.isWritten {
        guard case .output(let output) = program.buffers[operand.buffer.index].storage else { continue }
        #expect(program.outputs[output].alias == nil, "\(call.label)")
      }
    }
    // The gradients of the branch that runs first are complete by then.
    #expect(program.calls[..<guarded].contains { $0.label.contains("attention_gradient") })
  }
}
