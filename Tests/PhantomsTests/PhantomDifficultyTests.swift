import Glibc
import Phantoms
import Testing

/// A label cannot be told from the brightness of the whole picture, and yet its finding can be seen where it lies.
@Suite struct PhantomDifficultyTests {
  static let side = 96
  static let records = (0..<1200).map { PhantomRecord(seed: 21, index: $0) }
  static let pictures = records.map { PhantomPicture($0, side: side) }
  static let kinds = PhantomFinding.Kind.allCases

  static func has(_ kind: PhantomFinding.Kind) -> [Bool] {
    records.map { record in record.findings.contains { $0.kind == kind } }
  }

  /// The chance that one with the finding scores above one without it; ties count half.
  static func auroc(_ with: [Double], _ without: [Double]) -> Double {
    var wins = 0.0
    for high in with { for low in without { wins += high > low ? 1 : high == low ? 0.5 : 0 } }
    return wins / Double(with.count * without.count)
  }

  static func auroc(_ scores: [Double], _ labels: [Bool]) -> Double {
    let pairs = zip(scores, labels)
    return auroc(pairs.filter(\.1).map(\.0), pairs.filter { !$0.1 }.map(\.0))
  }

  /// Of each picture its mean, its standard deviation, and the greys below which 5, 25, 50, 75 and 95 of 100 pixels lie;
  /// over all pictures each has the mean 0 and the standard deviation 1.
  static let statistics: [[Double]] = {
    let rows = zip(pictures, brightness).map { picture, moments -> [Double] in
      [moments.mean, moments.deviation] + [0.05, 0.25, 0.5, 0.75, 0.95].map { quantile($0, picture.pixels) }
    }
    let columns = rows[0].indices.map { column in moments(rows.map { $0[column] }) }
    return rows.map { row in zip(row, columns).map { ($0 - $1.mean) / $1.deviation } }
  }()

  /// The mean and the standard deviation of each picture.
  static let brightness = pictures.map { moments($0.pixels.map(Double.init)) }

  static func quantile(_ share: Double, _ pixels: [UInt8]) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for grey in pixels { counts[Int(grey)] += 1 }
    var below = 0
    for (grey, count) in counts.enumerated() {
      below += count
      if Double(below) >= share * Double(pixels.count) { return Double(grey) }
    }
    return 255
  }

  static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, variance.squareRoot())
  }

  @Test(arguments: kinds) func theBrightnessOfAPictureTellsNoFinding(kind: PhantomFinding.Kind) {
    let labels = Self.has(kind)
    for column in Self.statistics[0].indices {
      let area = Self.auroc(Self.statistics.map { $0[column] }, labels)
      #expect((0.4...0.6).contains(area), "\(kind) statistic \(column): \(area)")
    }
    let area = Self.auroc(Self.regression(labels), labels)
    #expect(area < 0.6, "\(kind) logistic regression: \(area)")
  }

  /// A score of each record by logistic regression on the statistics, trained on the records of the other parity.
  static func regression(_ labels: [Bool]) -> [Double] {
    var scores = [Double](repeating: 0, count: labels.count)
    for held in 0..<2 {
      let training = labels.indices.filter { $0 % 2 != held }
      var weights = [Double](repeating: 0, count: statistics[0].count)
      var bias = 0.0
      func score(_ record: Int) -> Double { zip(weights, statistics[record]).reduce(bias) { $0 + $1.0 * $1.1 } }
      for _ in 0..<300 {
        var slopes = [Double](repeating: 0, count: weights.count)
        var slope = 0.0
        for record in training {
          let error = 0.5 * (1 + tanh(score(record) / 2)) - (labels[record] ? 1 : 0)
          slope += error
          for column in slopes.indices { slopes[column] += error * statistics[record][column] }
        }
        let rate = 1.5 / Double(training.count)
        bias -= rate * slope
        for column in slopes.indices { weights[column] -= rate * slopes[column] }
      }
      for record in labels.indices where record % 2 == held { scores[record] = score(record) }
    }
    return scores
  }

  @Test func brightnessVariesByMoreThanFindingsChangeIt() {
    let means = Self.brightness.map(\.mean)
    #expect(Self.moments(means).deviation > 20)
    for kind in Self.kinds {
      let pairs = zip(means, Self.has(kind))
      let with = Self.moments(pairs.filter(\.1).map(\.0)).mean
      let without = Self.moments(pairs.filter { !$0.1 }.map(\.0)).mean
      #expect(abs(with - without) < 10, "\(kind)")
    }
  }

  @Test(arguments: kinds) func aFindingIsSeenWhereItLies(kind: PhantomFinding.Kind) {
    var with: [Double] = []
    var without: [Double] = []
    for (index, record) in Self.records.enumerated() {
      for (finding, area) in zip(record.findings, Self.pictures[index].areas) where finding.kind == kind {
        let place = Surroundings(area, side: Self.side, of: finding)
        with.append(Self.contrast(of: place, index))
        let like = Self.records.indices.lazy.filter { Self.matches(Self.records[$0], record, finding.side) }
        without += like.prefix(2).map { Self.contrast(of: place, $0) }
      }
    }
    let area = Self.auroc(with, without)
    let isDark = kind == .bulla || kind == .pneumothorax
    #expect((isDark ? 1 - area : area) > 0.75, "\(kind): \(area)")
  }

  /// How much brighter a place of a record is than its surroundings, in standard deviations of the picture.
  static func contrast(of place: Surroundings, _ record: Int) -> Double {
    place.contrast(in: pictures[record]) / brightness[record].deviation
  }

  /// Whether it is a patient of the same build who has nothing on that side.
  static func matches(_ other: PhantomRecord, _ record: PhantomRecord, _ side: PhantomFinding.Side) -> Bool {
    let (a, b) = (other.appearance, record.appearance)
    return a.habitus == b.habitus && a.inspiration == b.inspiration && a.texture == b.texture && a.heart == b.heart
      && !other.findings.contains { $0.side == side }
  }

  @Test func subtleFindingsAreHarderToSee() {
    let scores = PhantomFinding.Contrast.allCases.map { contrast -> Double in
      var all: [Double] = []
      for (index, record) in Self.records.enumerated() {
        for (finding, area) in zip(record.findings, Self.pictures[index].areas)
        where finding.contrast == contrast && (finding.kind == .mass || finding.kind == .effusion) {
          all.append(Self.contrast(of: Surroundings(area, side: Self.side, of: finding), index))
        }
      }
      return Self.moments(all).mean
    }
    #expect(scores[0] < scores[1] && scores[1] < scores[2])
  }
}
