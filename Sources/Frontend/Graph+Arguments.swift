extension Graph {
  /// A tensor given anew at each call. Inputs come before parameters in the signature, in order of declaration;
  /// the same name gives the same tensor.
  public func input(
    _ name: String, _ element: ElementType, _ shape: [Int], file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let argument = Argument(name, TensorType(element, shape), role: .input)
    return declare(argument, in: \.inputs, at: SourceSite(file: file, line: line))
  }

  /// A number that the training program sets, under the name given.
  public func scalar(_ name: String, _ role: ScalarRole, file: String = #fileID, line: Int = #line) -> Tensor {
    let argument = Argument(name, TensorType(role.element, []), role: .scalar(role))
    let site = SourceSite(file: file, line: line)
    pass(site)
    return declare(argument, in: \.inputs, at: site)
  }

  /// A model parameter (f32), named by the open scopes and `name`; the same name gives the same tensor.
  ///
  /// - Parameters:
  ///   - trainable: whether training changes it; a fixed table is not trained.
  ///   - decay: whether weight decay applies; unless given, to every trainable parameter that has more than one
  ///     dimension and whose name is not `bias` and does not end in `.bias`.
  ///   - rate: the factor of its learning rate; that of the open scopes unless given.
  ///   - aliases: further checkpoint names of the same tensor, in full.
  public func parameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer, trainable: Bool = true, decay: Bool? = nil,
    rate: Double? = nil, aliases: [String] = [], file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let path = parameterPath
    let full = path.isEmpty ? name : "\(path).\(name)"
    let isBias = full == "bias" || full.hasSuffix(".bias")
    let isTrained = trainable && !scopes.contains(where: \.isFrozen)
    let role = ParameterRole(
      initializer, trainable: isTrained, decays: decay ?? (isTrained && shape.count > 1 && !isBias),
      rateScale: rate ?? scopes.last { $0.rate != nil }?.rate ?? 1, aliases: aliases)
    let argument = Argument(full, TensorType(.f32, shape), role: .parameter(role))
    return declare(argument, in: \.parameters, at: SourceSite(file: file, line: line))
  }

  /// The parameter declared earlier under that full name, for a tensor that two layers share.
  public func existingParameter(_ name: String, file: String = #fileID, line: Int = #line) -> Tensor {
    if let known = parameters.first(where: { $0.argument.name == name }) {
      return Tensor(graph: self, value: known.value, type: known.argument.type)
    }
    fail("there is no parameter '\(name)' yet", at: SourceSite(file: file, line: line))
    return Tensor(graph: self, value: ValueID(0), type: TensorType(.f32, []))
  }

  /// Names a result of the function; `role`: what it is to those who read it.
  public func result(
    _ name: String, _ tensor: Tensor, role: ResultRole = .none, file: String = #fileID, line: Int = #line
  ) {
    let site = SourceSite(file: file, line: line)
    if tensor.graph !== self { fail("result '\(name)' belongs to another function", at: site) }
    if results.contains(where: { $0.name == name }) { fail("two results are named '\(name)'", at: site) }
    results.append(FunctionResult(name, tensor.value, role: role))
  }

  func declare(
    _ argument: Argument, in list: ReferenceWritableKeyPath<Graph, [DeclaredArgument]>, at site: SourceSite
  ) -> Tensor {
    let shape = argument.type.shape
    if shape.contains(where: { $0 < 1 }) || Self.elementCount(shape) == nil {
      fail("argument '\(argument.name)' cannot have the shape \(shape)", at: site)
      return Tensor(graph: self, value: ValueID(0), type: TensorType(argument.type.element, shape.map { _ in 1 }))
    }
    if let known = (inputs + parameters).first(where: { $0.argument.name == argument.name }) {
      if known.argument != argument {
        fail(
          "argument '\(argument.name)' is declared twice, and not alike",
          notes: ["first: \(known.argument.type)", "then: \(argument.type)"], at: site)
      }
      return Tensor(graph: self, value: known.value, type: argument.type)
    }
    let value = newValue(argument.type)
    self[keyPath: list].append(DeclaredArgument(argument: argument, value: value))
    return Tensor(graph: self, value: value, type: argument.type)
  }

  /// The number of elements; nil if it passes 2^40, which no tensor here does.
  static func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow || product > 1 << 40 { return nil }
      count = product
    }
    return count
  }
}
