extension StudySummary {
  /// The whole of `study.json` (`docs/study.md`): no times and no folders, so that the same study gives the same bytes.
  var json: JSON {
    [
      "title": .string(title), "program": ["model": .string(program.model), "ir_hash": .string(program.irHash)],
      "metric": .string(plan.metric), "lists": files.json,
      "inits": .array(
        plan.initialWeights.map {
          [
            "name": .string($0.name), "weights": $0.file.map { .string($0) } ?? .null,
            "hash": files.hash(of: $0).map { .string($0) } ?? .null,
          ]
        }),
      "fractions": .array(
        plan.shares.map {
          ["fraction": .number($0.fraction), "flags": .array((plan.trainFlags + $0.flags).map { .string($0) })]
        }),
      "fraction_seed": Self.seed(plan.fractionSeed), "seeds": .array(plan.seeds.map(Self.seed)),
      "runs": .array(
        runs.map { run, result in
          [
            "init": .string(run.weights.name), "fraction": .number(run.share.fraction), "seed": Self.seed(run.seed),
            "step": .integer(result.step), "value": result.value(plan.metric).map { .number($0) } ?? .null,
            "evaluation": .object(numbers.map { JSONMember($0, result.evaluation[$0] ?? .null) }),
          ]
        }),
      "cells": .array(
        cells.map {
          .object(
            [
              JSONMember("init", .string($0.weights.name)), JSONMember("fraction", .number($0.share.fraction)),
              JSONMember("values", .array($0.values.map { .number($0) })),
            ] + ($0.summary.json.members ?? []))
        }),
      "comparisons": .array(
        comparisons.map {
          .object(
            [
              JSONMember("fraction", .number($0.share.fraction)),
              JSONMember("names", [.string($0.first), .string($0.second)]),
            ]
              + ($0.outcome.json.members ?? []))
        }),
    ]
  }

  /// A seed above 2^63 − 1 is a text.
  private static func seed(_ value: UInt64) -> JSON { Int(exactly: value).map(JSON.integer) ?? .string("\(value)") }
}
