import TensorIR

/// Nodes that become one loop kernel: they share a domain, read each other at the very point where it is computed, and
/// store what others still need.
struct LoopGroup {
  /// The axes looped over.
  var domain: [Int]
  /// The dims that the group's reductions reduce; the last ones for rows, others for columns.
  var reduced: [Int] = []
  /// Node numbers, each after those it reads.
  var members: [Int]
  /// Where in the domain each member's value lies.
  var maps: [ValueID: [AxisMap]] = [:]
  /// Members that reduce everything: the loop gives a part per row, a second one adds the parts.
  var split: Set<ValueID> = []

  /// Members that reduce dims before the rows: each row is added to what the rows before it gave.
  var accumulated: Set<ValueID> = []

  /// The dims that are not reduced.
  var kept: [Int] { domain.indices.filter { !reduced.contains($0) } }
}

/// Why nodes cannot share a loop.
enum LoopRefusal: String, Error {
  case domain = "domains differ"
  case axes = "reduces other axes"
  case short = "rows too short or too few"
  case place = "reads another member at another place"
  case columns = "element-wise values beside a reduction of columns"
  case parts = "reads a sum inside the loop that makes it"
  case stride = "reads across its innermost axis"
  case size = "too large"
  case recomputed = "computes a value again"
  case cycle = "needs a value computed between"
}
