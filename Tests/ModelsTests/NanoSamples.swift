// Written by make_samples.py.

/// What PyTorch gives for mrm-nano.
enum NanoSamples {
  /// Public name and shape of every parameter, by name.
  static let parameters: [(name: String, shape: [Int])] = [
    ("bert_encoder.model.bert.embeddings.LayerNorm.bias", [16]),
    ("bert_encoder.model.bert.embeddings.LayerNorm.weight", [16]),
    ("bert_encoder.model.bert.embeddings.position_embeddings.weight", [12, 16]),
    ("bert_encoder.model.bert.embeddings.token_type_embeddings.weight", [2, 16]),
    ("bert_encoder.model.bert.embeddings.word_embeddings.weight", [64, 16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.output.LayerNorm.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.output.LayerNorm.weight", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.output.dense.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.output.dense.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.self.key.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.self.key.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.self.query.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.self.query.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.self.value.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.attention.self.value.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.0.intermediate.dense.bias", [64]),
    ("bert_encoder.model.bert.encoder.layer.0.intermediate.dense.weight", [64, 16]),
    ("bert_encoder.model.bert.encoder.layer.0.output.LayerNorm.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.output.LayerNorm.weight", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.output.dense.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.0.output.dense.weight", [16, 64]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.output.LayerNorm.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.output.LayerNorm.weight", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.output.dense.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.output.dense.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.self.key.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.self.key.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.self.query.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.self.query.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.self.value.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.attention.self.value.weight", [16, 16]),
    ("bert_encoder.model.bert.encoder.layer.1.intermediate.dense.bias", [64]),
    ("bert_encoder.model.bert.encoder.layer.1.intermediate.dense.weight", [64, 16]),
    ("bert_encoder.model.bert.encoder.layer.1.output.LayerNorm.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.output.LayerNorm.weight", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.output.dense.bias", [16]),
    ("bert_encoder.model.bert.encoder.layer.1.output.dense.weight", [16, 64]),
    ("bert_encoder.model.cls.predictions.bias", [64]),
    ("bert_encoder.model.cls.predictions.decoder.weight", [64, 16]),
    ("bert_encoder.model.cls.predictions.transform.LayerNorm.bias", [16]),
    ("bert_encoder.model.cls.predictions.transform.LayerNorm.weight", [16]),
    ("bert_encoder.model.cls.predictions.transform.dense.bias", [16]),
    ("bert_encoder.model.cls.predictions.transform.dense.weight", [16, 16]),
    ("bert_mlp.bias", [16]),
    ("bert_mlp.weight", [16, 32]),
    ("blocks.0.attn.proj.bias", [32]),
    ("blocks.0.attn.proj.weight", [32, 32]),
    ("blocks.0.attn.qkv.bias", [96]),
    ("blocks.0.attn.qkv.weight", [96, 32]),
    ("blocks.0.mlp.fc1.bias", [128]),
    ("blocks.0.mlp.fc1.weight", [128, 32]),
    ("blocks.0.mlp.fc2.bias", [32]),
    ("blocks.0.mlp.fc2.weight", [32, 128]),
    ("blocks.0.norm1.bias", [32]),
    ("blocks.0.norm1.weight", [32]),
    ("blocks.0.norm2.bias", [32]),
    ("blocks.0.norm2.weight", [32]),
    ("blocks.1.attn.proj.bias", [32]),
    ("blocks.1.attn.proj.weight", [32, 32]),
    ("blocks.1.attn.qkv.bias", [96]),
    ("blocks.1.attn.qkv.weight", [96, 32]),
    ("blocks.1.mlp.fc1.bias", [128]),
    ("blocks.1.mlp.fc1.weight", [128, 32]),
    ("blocks.1.mlp.fc2.bias", [32]),
    ("blocks.1.mlp.fc2.weight", [32, 128]),
    ("blocks.1.norm1.bias", [32]),
    ("blocks.1.norm1.weight", [32]),
    ("blocks.1.norm2.bias", [32]),
    ("blocks.1.norm2.weight", [32]),
    ("cls_token", [1, 1, 32]),
    ("decoder_blocks.0.attn.proj.bias", [24]),
    ("decoder_blocks.0.attn.proj.weight", [24, 24]),
    ("decoder_blocks.0.attn.qkv.bias", [72]),
    ("decoder_blocks.0.attn.qkv.weight", [72, 24]),
    ("decoder_blocks.0.mlp.fc1.bias", [96]),
    ("decoder_blocks.0.mlp.fc1.weight", [96, 24]),
    ("decoder_blocks.0.mlp.fc2.bias", [24]),
    ("decoder_blocks.0.mlp.fc2.weight", [24, 96]),
    ("decoder_blocks.0.norm1.bias", [24]),
    ("decoder_blocks.0.norm1.weight", [24]),
    ("decoder_blocks.0.norm2.bias", [24]),
    ("decoder_blocks.0.norm2.weight", [24]),
    ("decoder_embed.bias", [24]),
    ("decoder_embed.weight", [24, 32]),
    ("decoder_norm.bias", [24]),
    ("decoder_norm.weight", [24]),
    ("decoder_pos_embed", [1, 17, 24]),
    ("decoder_pred.bias", [768]),
    ("decoder_pred.weight", [768, 24]),
    ("mask_token", [1, 1, 24]),
    ("norm.bias", [32]),
    ("norm.weight", [32]),
    ("patch_embed.proj.bias", [32]),
    ("patch_embed.proj.weight", [32, 3, 8, 8]),
    ("pos_embed", [1, 17, 32]),
  ]

  struct Losses: Sendable {
    /// `key=value`, or empty.
    var setting: String
    var loss, image, report: Double
  }

  /// The losses in f64 for the inputs of `Formula`, batch 2, no dropout.
  static let losses: [Losses] = [
    Losses(
      setting: "", loss: 6.298461303469263, image: 1.5061513002150626, report: 4.7923100032542),
    Losses(
      setting: "report_loss=masked", loss: 5.996431915928411, image: 1.5061513002150626, report: 4.490280615713348),
    Losses(
      setting: "norm_pix_loss=false", loss: 5.799687642906724, image: 1.007377639652524, report: 4.7923100032542),
    Losses(
      setting: "fusion=gmp", loss: 6.29818106231594, image: 1.5061513002150626, report: 4.792029762100878),
    Losses(
      setting: "image_mask_ratio=0.5", loss: 6.281294864812587, image: 1.49125646437022, report: 4.790038400442366),
    Losses(
      setting: "image_mask_ratio=0", loss: 6.163899768589319, image: 1.3737242300548034, report: 4.790175538534516),
    Losses(
      setting: "lambda=2", loss: 7.804612603684325, image: 1.5061513002150626, report: 4.7923100032542),
    Losses(
      setting: "antialias=true", loss: 6.299162623072869, image: 1.5062086485058674, report: 4.792953974567001),
  ]
}
