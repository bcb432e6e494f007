import Support

extension ClassificationReport {
  /// Everything but the curves. `mean_defined` is over the classes that are not in `undefined`; `null` stands where a number is
  /// not defined. A seed above 2^63 − 1 is a string.
  ///
  /// `{"records", "replicates", "seed", "level", "classes": [{"name", "positives", "negatives", "threshold", "confusion": {"tp",
  /// "fp", "tn", "fn"}, MEASURE: {"value", "low", "high", "replicates"}, …, "calibration"}], "mean_defined": {MEASURE: …},
  /// "undefined": [NAME], "calibration"}`
  public var json: JSON {
    [
      "records": .integer(records), "replicates": .integer(replicates),
      "seed": Int(exactly: seed).map(JSON.integer) ?? .string("\(seed)"),
      "level": 0.95, "classes": .array(rows.map(\.json)),
      "mean_defined": .object(Measure.allCases.map { JSONMember($0.rawValue, self[mean: $0].json) }),
      "undefined": .array(leftOut.map(JSON.string)), "calibration": calibration?.json ?? .null,
    ]
  }
}

extension ClassificationReport.Row {
  var json: JSON {
    let facts: [JSONMember] = [
      JSONMember("name", .string(name)), JSONMember("positives", .integer(positives)),
      JSONMember("negatives", .integer(negatives)), JSONMember("threshold", .number(Double(threshold))),
      JSONMember("confusion", confusion.json),
    ]
    let measures = Measure.allCases.map { JSONMember($0.rawValue, self[$0].json) }
    return .object(facts + measures + [JSONMember("calibration", calibration?.json ?? .null)])
  }
}

extension Confusion {
  /// `{"tp": …, "fp": …, "tn": …, "fn": …}`.
  public var json: JSON {
    [
      "tp": .integer(truePositives), "fp": .integer(falsePositives), "tn": .integer(trueNegatives),
      "fn": .integer(falseNegatives),
    ]
  }
}

extension Estimate {
  /// `{"value", "low", "high", "replicates"}`, the last three only with an interval.
  public var json: JSON {
    var members = [JSONMember("value", value.map(JSON.number) ?? .null)]
    if let interval {
      members += [
        JSONMember("low", .number(interval.low)), JSONMember("high", .number(interval.high)),
        JSONMember("replicates", .integer(interval.replicates)),
      ]
    }
    return .object(members)
  }
}

extension Calibration {
  /// `{"brier", "expected_error", "bins": [{"low", "high", "count", "mean_score", "share_positive"}]}`.
  public var json: JSON {
    let bins = bins.map { bin -> JSON in
      [
        "low": .number(bin.low), "high": .number(bin.high), "count": .integer(bin.count),
        "mean_score": bin.meanScore.map(JSON.number) ?? .null,
        "share_positive": bin.sharePositive.map(JSON.number) ?? .null,
      ]
    }
    return ["brier": .number(brier), "expected_error": .number(expectedError), "bins": .array(bins)]
  }
}
