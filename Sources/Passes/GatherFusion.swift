// gather(concat(a, broadcast(m)), i)  ⇒  select(i < |a|, gather(a, i), broadcast(m))
// concat(x[..<k], select(i < n, gather(x[k ..< k + n], i), broadcast(m)))
//   ⇒  select(j < k + n, gather(x, j), broadcast(m)),  j = concat(0 ..< k, max(i, 0) + k)
// scatter_add(u, argsort(argsort(x)))  ⇒  gather(u, argsort(x)): the order undoes the ranks
// slice(gather(u, i))  ⇒  gather(u, slice(i))

import Support
import TensorIR

extension Pass {
  /// Reads rows where they are instead of joining and moving them first.
  public static let gathers = Pass(
    name: "fuse-gathers", summary: "read chosen rows where they stand: no joined, moved or scattered copies", level: 2
  ) { (function, context) throws(Diagnostic) in
    var fired = false
    let result = try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      let matcher = GatherMatcher(rewriter: rewriter)
      guard let rewrite = matcher.match(node.op, operands) else { return nil }
      if !context.fire(rewrite.name, at: node.provenance) { return nil }
      fired = true
      return [try rewrite.build(&rewriter)]
    }
    if !fired { return function }
    var inner = PassContext()
    return try Pass.dce.run(result, &inner)
  }
}
