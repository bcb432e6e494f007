import Models
import Passes

extension Compilation {
  /// The module after `share-rows`, or as it is where that pass is off.
  func sharing() throws(Diagnostic) -> Module {
    if let shared { return shared }
    let pass = Pass.shareRows
    guard options.fuses, options.optimization >= pass.level, !options.disabledPasses.contains(pass.name) else {
      shared = module
      return module
    }
    var passes = try PassManager(
      Pipeline([.init(pass)]),
      PassManager.Options(
        rewriteLimit: options.passLimit, verifyEach: options.verifyEach, remarks: options.remarks))
    let (record, start) = (record, record.phaseCount)
    passes.afterPass = { (event) throws(Diagnostic) in record.finished(event, pipelineStart: start) }
    let result = try passes.run(module)
    record.add(passes)
    shared = result
    return result
  }

  /// FLOPs of products that `share-rows` takes from a function, the backward's with them.
  public func sharedRowsSavings(_ name: String) throws(Diagnostic) -> Double {
    let shared = try sharing()
    if shared == module { return 0 }
    var scratch = PassContext()
    let functions = [try function(name, of: module), try function(name, of: shared)]
    let live = [try Pass.dce.run(functions[0], &scratch), try Pass.dce.run(functions[1], &scratch)]
    return Cost.flops(live[0]) - Cost.flops(live[1])
  }
}
