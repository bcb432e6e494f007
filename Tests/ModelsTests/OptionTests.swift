import Models
import Testing

@Suite struct OptionTests {
  /// Every value that differs from the default, by key.
  static let alternatives: [(key: String, value: String)] = [
    ("image_mask_ratio", "0"), ("image_mask_ratio", "0.5"), ("report_loss", "masked"), ("norm_pix_loss", "false"),
    ("antialias", "true"), ("pos_embed", "mae"), ("tie_embeddings", "true"), ("dropout", "0"), ("lambda", "2"),
    ("report_objective", "false"), ("image_objective", "false"), ("super_resolution", "false"),
    ("image_restoration", "multimodal"), ("fusion", "gmp"),
  ]

  private func nano(_ settings: [(key: String, value: String)], batch: Int = 2) throws -> Module {
    try ModelRegistry.model(named: "mrm-nano").build(ModelOptions(batch: batch, settings: settings))
  }

  private func contradicts(_ a: String, _ b: String) -> Bool {
    let pair = [a, b]
    let objectives = ["report_objective", "image_objective"]
    return pair == objectives || (pair.contains("image_restoration") && objectives.contains { pair.contains($0) })
  }

  @Test("Every pair of options builds functions that verify, all nodes with their layer and line")
  func pairs() throws {
    for (index, first) in Self.alternatives.enumerated() {
      for second in Self.alternatives[index...] {
        if contradicts(first.key, second.key) {
          #expect(throws: Diagnostic.self) { try nano([first, second]) }
          continue
        }
        for function in try nano([first, second]).functions {
          try Verifier.verify(function)
          for node in function.nodes {
            #expect(!node.provenance.layer.isEmpty && node.provenance.source.hasPrefix("Models/"), "\(node)")
          }
        }
      }
    }
  }

  @Test("Every option is in the module, and changes it", arguments: alternatives.indices)
  func resolved(index: Int) throws {
    let (key, value) = Self.alternatives[index]
    let (standard, changed) = (try nano([]), try nano([(key, value)]))
    #expect(changed.attribute("option.\(key)") == .string(value))
    #expect(standard.attribute("option.\(key)") != .string(value))
    #expect(standard.functions != changed.functions)
  }

  @Test("The module carries its geometry")
  func geometry() throws {
    let module = try nano([("image_mask_ratio", "0.5"), ("super_resolution", "false")], batch: 5)
    let expected: [(String, AttributeValue)] = [
      ("model", .string("mrm-nano")), ("batch", .integer(5)), ("precision", .string("f32")),
      ("option.image_mask_ratio", .string("0.5")), ("option.lambda", .string("1")), ("image_size", .integer(64)),
      ("channels", .integer(3)), ("low_patch", .integer(8)), ("high_patch", .integer(16)),
      ("target_patch", .integer(8)),
      ("patches", .integer(16)), ("visible", .integer(8)), ("tokens", .integer(12)), ("vocabulary", .integer(64)),
    ]
    for (name, value) in expected { #expect(module.attribute(name) == value, "\(name)") }
    let prediction = module.function(named: "loss")!.results.first { $0.name == "prediction" }!
    #expect(module.function(named: "loss")!.type(of: prediction.value).shape == [5, 16, 192])
  }

  @Test("A mask ratio out of range is refused", arguments: ["-0.1", "1", "1.5", "nan", "half", ""])
  func ratioOutOfRange(text: String) throws {
    let error = #expect(throws: Diagnostic.self) { try nano([("image_mask_ratio", text)]) }
    #expect(error?.code == .usage)
    #expect(error?.message == "option image_mask_ratio=\(text): expected 0 ≤ ratio < 1")
  }

  @Test("A mask ratio that leaves no patch is refused")
  func nothingVisible() throws {
    let error = #expect(throws: Diagnostic.self) { try nano([("image_mask_ratio", "0.95")]) }
    #expect(error?.code == .usage)
    #expect(error?.message == "option image_mask_ratio=0.95 leaves none of the 16 patches visible")
    #expect(try nano([("image_mask_ratio", "0.9375")]).attribute("visible") == .integer(1))
  }

  @Test("An unknown key lists the known ones; an unknown model the models")
  func unknown() throws {
    let error = #expect(throws: Diagnostic.self) { try nano([("mask_ratio", "0.5")]) }
    #expect(error?.code == .usage)
    #expect(error?.message == "there is no model option 'mask_ratio'")
    let notes = error?.notes.joined(separator: "\n") ?? ""
    for key in Set(Self.alternatives.map(\.key)) { #expect(notes.contains("\(key)=")) }
    let missing = #expect(throws: Diagnostic.self) { try ModelRegistry.model(named: "mrm") }
    #expect(missing?.code == .usage && missing!.notes[0].contains("mrm-nano, mrm-tiny, mrm-vit-b16, mrm-vit-l16"))
  }

  @Test("Without an objective its inputs, parameters and results go")
  func objectives() throws {
    let image = try nano([("report_objective", "false")]).function(named: "loss")!
    #expect(image.argument(named: "ids") == nil)
    #expect(!image.arguments.contains { $0.name.hasPrefix("bert") })
    let report = try nano([("image_objective", "false")]).function(named: "loss")!
    #expect(report.results.map(\.name) == ["loss", "loss_image", "loss_report", "mask"])
    #expect(!report.arguments.contains { $0.name.hasPrefix("decoder") || $0.name == "mask_token" })
  }
}
