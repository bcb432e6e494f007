import TensorIR

/// What passes share while they run: the rewrite budget, the counters and the remarks.
public struct PassContext: Sendable {
  /// A rewrite that happened a number of times.
  public struct Counter: Hashable, Sendable {
    public let pass: String
    public let rewrite: String
    public internal(set) var count: Int
  }

  /// Whether remarks are wanted; without, no text is made.
  public var remarksEnabled: Bool
  public private(set) var remarks: [Remark] = []
  /// How often each rewrite happened, in order of first occurrence.
  public private(set) var counters: [Counter] = []
  /// Rewrites that happened so far.
  public private(set) var rewrites = 0
  /// Rewrites that may still happen; nil: any number. `--pass-limit N` starts it at N, so that bisection finds the rewrite
  /// that makes a program wrong.
  public private(set) var remaining: Int?

  /// The pass now running, the function it runs on, and the arguments given to it.
  public internal(set) var pass = ""
  public internal(set) var function = ""
  var arguments: [String: Int] = [:]
  private var counterIndex: [String: Int] = [:]

  public init(rewriteLimit: Int? = nil, remarks: Bool = false) {
    remaining = rewriteLimit
    remarksEnabled = remarks
  }

  /// The value of a parameter of the running pass, which must have it.
  public func argument(_ name: String) -> Int { arguments[name]! }

  /// Whether the budget is spent: then nothing may be rewritten.
  public var isExhausted: Bool { remaining == 0 }

  /// Asks leave for one rewrite and records it; false if the budget is spent, and the rewrite must not happen.
  public mutating func fire(
    _ rewrite: StaticString, at provenance: Provenance, _ detail: @autoclosure () -> String = ""
  )
    -> Bool
  {
    fire(named: rewrite.description, at: provenance, detail())
  }

  /// The same for a rewrite whose name is not a literal.
  public mutating func fire(named rewrite: String, at provenance: Provenance, _ detail: @autoclosure () -> String = "")
    -> Bool
  {
    if let left = remaining {
      if left == 0 { return false }
      remaining = left - 1
    }
    count(pass, rewrite, 1)
    if remarksEnabled {
      let text = detail()
      remarks.append(
        Remark(
          pass: pass, function: function, layer: provenance.layer, fired: true,
          message: text.isEmpty ? rewrite : "\(rewrite): \(text)"))
    }
    return true
  }

  private mutating func count(_ pass: String, _ rewrite: String, _ count: Int) {
    rewrites += count
    let key = pass + "/" + rewrite
    if let index = counterIndex[key] {
      counters[index].count += count
    } else {
      counterIndex[key] = counters.count
      counters.append(Counter(pass: pass, rewrite: rewrite, count: count))
    }
  }

  /// Takes over what happened elsewhere, as if it had happened here.
  mutating func add(_ other: PassContext) {
    remarks += other.remarks
    for counter in other.counters { count(counter.pass, counter.rewrite, counter.count) }
  }

  /// Says why a rewrite that could be expected did not happen.
  public mutating func missed(at provenance: Provenance, _ why: @autoclosure () -> String) {
    if remarksEnabled {
      remarks.append(Remark(pass: pass, function: function, layer: provenance.layer, fired: false, message: why()))
    }
  }

  /// How often a rewrite of a pass happened, or, without `rewrite`, all its rewrites.
  public func count(_ pass: String, _ rewrite: String? = nil) -> Int {
    counters.reduce(0) { $0 + ($1.pass == pass && (rewrite == nil || $1.rewrite == rewrite) ? $1.count : 0) }
  }
}
