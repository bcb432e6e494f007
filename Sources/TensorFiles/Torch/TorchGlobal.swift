import Support

/// The names that pickles of weights may ask for. Every other name is refused; none is imported or called.
enum TorchGlobal {
  /// A dictionary.
  case dictionary
  /// `_rebuild_tensor`, `_rebuild_tensor_v2`.
  case tensor
  /// `_rebuild_parameter`: its tensor.
  case parameter
  /// A storage's type.
  case storage(TorchType)
  /// `torch.Size`: its numbers.
  case size
  /// Something beside the weights, which is read past.
  case other

  /// `badData` naming what is not on the list.
  init(_ name: String, _ input: PickleInput) throws(Diagnostic) {
    if let known = Self.known[name] {
      self = known
    } else if name.hasPrefix("torch."), let type = TorchType(storage: name.dropFirst(6)) {
      self = .storage(type)
    } else {
      var error = input.problem(
        "asks for \"\(name.prefix(200))\", which is none of the names that weights consist of; nothing in the file was executed"
      )
      error.notes = [
        "if you trust the file, load it in PyTorch and save the weights alone: "
          + "torch.save(model.state_dict(), \"weights.pth\")"
      ]
      throw error
    }
  }

  private static let known: [String: TorchGlobal] = {
    var known: [String: TorchGlobal] = [
      "collections.OrderedDict": .dictionary, "collections.defaultdict": .dictionary, "builtins.dict": .dictionary,
      "__builtin__.dict": .dictionary, "torch._utils._rebuild_tensor": .tensor,
      "torch._utils._rebuild_tensor_v2": .tensor, "torch._utils._rebuild_parameter": .parameter, "torch.Size": .size,
      "torch.device": .other, "argparse.Namespace": .other, "collections.Counter": .other, "_codecs.encode": .other,
      "numpy.dtype": .other, "numpy.ndarray": .other,
    ]
    for module in ["numpy.core.multiarray", "numpy._core.multiarray"] {
      known[module + "._reconstruct"] = .other
      known[module + ".scalar"] = .other
    }
    for type in ["set", "frozenset", "complex", "bytearray"] {
      known["__builtin__." + type] = .other
      known["builtins." + type] = .other
    }
    for type in [
      "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool", "complex64",
      "complex128",
    ] { known["torch." + type] = .other }
    return known
  }()
}
