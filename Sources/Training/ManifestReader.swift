import Support

extension Manifest {
  /// Reads the manifest's JSON; anything missing or of another format is `badData`.
  public init(json text: String) throws(Diagnostic) {
    let json = try JSON.parse(text, file: "manifest")
    let reader = ManifestReader(json: json, path: "")
    let format = try reader.int("format")
    if format != 1 {
      throw Diagnostic(.badData, "the manifest has format \(format), this runtime reads 1: build the program again")
    }
    model = try reader.string("model")
    precision = try reader.string("precision")
    optimization = try reader.int("optimization")
    targetCPU = try reader.string("target_cpu")
    cpuFeatures = try reader.list("cpu_features") { reader throws(Diagnostic) in try reader.string() }
    irHash = try reader.string("ir_hash")
    batch = try reader.int("batch")
    compiler = try reader.string("compiler")
    options = []
    for member in try reader.child("options").json.members ?? [] {
      options.append(Option(key: member.key, value: member.value.stringValue ?? member.value.compact))
    }
    buildFlags = try reader.list("build_flags") { reader throws(Diagnostic) in try reader.string() }
    let sizes = try reader.child("geometry")
    geometry = Geometry(
      imageSize: try sizes.int("image_size"), channels: try sizes.int("channels"), lowPatch: try sizes.int("low_patch"),
      highPatch: try sizes.int("high_patch"), patches: try sizes.int("patches"), visible: try sizes.int("visible"),
      tokens: try sizes.int("tokens"), vocabulary: try sizes.int("vocabulary"))
    parameters = try reader.list("parameters") { reader throws(Diagnostic) in try reader.parameter() }
    functions = try reader.list("functions") { reader throws(Diagnostic) in
      Function(
        name: try reader.string("name"),
        inputs: try reader.list("inputs") { reader throws(Diagnostic) in try reader.argument() },
        outputs: try reader.list("outputs") { reader throws(Diagnostic) in try reader.argument() })
    }
  }
}

/// A value inside the manifest and the path that leads to it, for messages.
private struct ManifestReader {
  var json: JSON
  var path: String

  func child(_ key: String) throws(Diagnostic) -> ManifestReader {
    guard let value = json[key] else { throw bad(key, "missing") }
    return ManifestReader(json: value, path: path + "." + key)
  }

  func string() throws(Diagnostic) -> String {
    guard let value = json.stringValue else { throw bad(nil, "no string") }
    return value
  }

  func string(_ key: String) throws(Diagnostic) -> String { try child(key).string() }

  func int(_ key: String) throws(Diagnostic) -> Int {
    guard let value = try child(key).json.intValue else { throw bad(key, "no integer") }
    return value
  }

  func double(_ key: String) throws(Diagnostic) -> Double {
    guard let value = try child(key).json.doubleValue else { throw bad(key, "no number") }
    return value
  }

  func bool(_ key: String) throws(Diagnostic) -> Bool {
    guard let value = try child(key).json.boolValue else { throw bad(key, "no boolean") }
    return value
  }

  func list<Element>(
    _ key: String, _ read: (ManifestReader) throws(Diagnostic) -> Element
  ) throws(Diagnostic) -> [Element] {
    guard let elements = try child(key).json.elements else { throw bad(key, "no array") }
    var result: [Element] = []
    for (index, element) in elements.enumerated() {
      result.append(try read(ManifestReader(json: element, path: "\(path).\(key)[\(index)]")))
    }
    return result
  }

  func shape() throws(Diagnostic) -> [Int] {
    try list("shape") { reader throws(Diagnostic) in
      guard let size = reader.json.intValue, size >= 0 else { throw reader.bad(nil, "no size") }
      return size
    }
  }

  func argument() throws(Diagnostic) -> Manifest.Argument {
    Manifest.Argument(
      name: try string("name"), dtype: try string("dtype"), shape: try shape(), alias: json["alias"]?.intValue)
  }

  func parameter() throws(Diagnostic) -> Manifest.Parameter {
    Manifest.Parameter(
      name: try string("name"), shape: try shape(), dtype: try string("dtype"), isTrainable: try bool("trainable"),
      decays: try bool("decay"), initialization: try child("init").initialization(),
      aliases: try list("aliases") { reader throws(Diagnostic) in try reader.string() })
  }

  func initialization() throws(Diagnostic) -> Manifest.Initialization {
    switch try string("kind") {
    case "xavier_uniform": return .xavierUniform(fanIn: try int("fan_in"), fanOut: try int("fan_out"))
    case "normal": return .normal(std: try double("std"), zeroRow: json["zero_row"]?.intValue)
    case "zeros": return .zeros
    case "ones": return .ones
    case "sincos_2d":
      return .sincos2D(dim: try int("dim"), grid: try int("grid"), isMAE: try string("variant") == "mae")
    case let kind: throw bad("kind", "unknown kind \"\(kind)\"")
    }
  }

  func bad(_ key: String?, _ problem: String) -> Diagnostic {
    Diagnostic(.badData, "manifest\(path)\(key.map { "." + $0 } ?? ""): \(problem)")
  }
}
