import Phantoms
import Testing

@Suite struct PhantomPictureTests {
  static let side = 80
  static let records = (0..<150).map { PhantomRecord(seed: 3, index: $0, style: .energies) }
  static let pictures = records.map { PhantomPicture($0, side: side) }

  static func mean(_ pixels: [UInt8]) -> Double { Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count) }

  @Test func picturesAreNeitherBlankNorClipped() {
    for picture in Self.pictures {
      #expect(picture.pixels.count == Self.side * Self.side)
      #expect(Set(picture.pixels).count > 40)
      #expect(picture.pixels.filter { $0 == 255 }.count < picture.pixels.count / 4)
    }
  }

  @Test func eachChannelShowsItsOwnExposure() {
    let channels: [KeyPath<PhantomAppearance, PhantomAppearance.Exposure>] = [
      \.lowEnergy, \.middleEnergy, \.highEnergy,
    ]
    for (channel, exposure) in channels.enumerated() {
      let means = PhantomAppearance.Exposure.allCases.map { level in
        let these = zip(Self.records, Self.pictures).filter { $0.0.appearance[keyPath: exposure] == level }
        let each = these.map { _, picture in
          Self.mean(picture.pixels.map { picture.palette![3 * Int($0) + channel] })
        }
        return each.reduce(0, +) / Double(each.count)
      }
      for (paler, darker) in zip(means, means.dropFirst()) { #expect(paler > darker + 25, "channel \(channel)") }
    }
  }

  @Test func channelsKeepTheOrderOfGreysAndAllOfTheirRange() {
    for picture in Self.pictures {
      let palette = picture.palette!.map(Int.init)
      #expect(palette.count == 768)
      for place in 3..<768 { #expect(palette[place] >= palette[place - 3]) }
      for channel in 0..<3 { #expect(palette[765 + channel] - palette[channel] > 70) }
    }
  }

  @Test func findingsLieOnTheirSideAndInOrder() {
    for (record, picture) in zip(Self.records, Self.pictures) {
      #expect(record.findings.count == picture.places.count)
      for (finding, place) in zip(record.findings, picture.places) {
        let half = Float(Self.side) / 2
        #expect(finding.side == .right ? place.x < half : place.x > half)
        #expect(place.y > 0 && place.y < Float(Self.side) && place.halfWidth > 3 && place.halfHeight > 1)
      }
      let zoned = zip(record.findings, picture.places).filter { $0.0.zone != nil && $0.0.side == .left }
      for a in zoned {
        for b in zoned where a.0.zone == .upper && b.0.zone != .upper { #expect(a.1.y < b.1.y) }
      }
    }
  }

  @Test func anEffusionBrightensItsOwnPlace() {
    let found = zip(Self.records, Self.pictures).filter { record, _ in
      record.findings.count == 1 && record.findings[0].kind == .effusion && record.findings[0].size == .large
    }
    #expect(found.count >= 2)
    for (record, picture) in found {
      let place = picture.places[0]
      let at = Int(place.y) * Self.side
      let mirrored = Self.side - 1 - Int(place.x)
      let (here, there) = (Int(picture.pixels[at + Int(place.x)]), Int(picture.pixels[at + mirrored]))
      if record.appearance.heart == .normal { #expect(here > there) }
    }
  }

  /// The area under the ROC curve of a number that is said to tell records with a finding from others, either way round.
  private static func area(_ values: [Double], _ labels: [Bool]) -> Double {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var rankSum = 0.0
    for (rank, index) in order.enumerated() where labels[index] { rankSum += Double(rank + 1) }
    let positives = Double(labels.filter { $0 }.count)
    let negatives = Double(labels.count) - positives
    let area = (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
    return max(area, 1 - area)
  }

  /// A label cannot be told from the brightness or contrast of a radiograph: exposure, build and metal move them by more.
  @Test func brightnessTellsNoFinding() {
    let side = 56
    let records = (0..<1000).map { PhantomRecord(seed: 5, index: $0) }
    var means: [Double] = []
    var deviations: [Double] = []
    for record in records {
      let pixels = PhantomPicture(record, side: side).pixels
      let mean = Self.mean(pixels)
      means.append(mean)
      let squares = pixels.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      deviations.append((squares / Double(pixels.count)).squareRoot())
    }
    for kind in PhantomFinding.Kind.allCases {
      let labels = records.map { $0.has(kind) }
      let share = Double(labels.filter { $0 }.count) / Double(labels.count)
      #expect((0.08...0.22).contains(share), "\(kind): \(share)")
      #expect(Self.area(means, labels) < 0.6, "\(kind) by its mean")
      #expect(Self.area(deviations, labels) < 0.6, "\(kind) by its contrast")
    }
  }

  /// The area of free air is darker than the shrunken lung beside it, in most pictures.
  @Test func masksLieWhereTheAirIs() {
    var darker = 0
    let records = (0..<400).map { PhantomRecord(seed: 8, index: $0) }.filter { record in
      record.findings.count == 1 && record.has(.pneumothorax) && record.findings[0].size != .small
    }
    for record in records {
      let picture = PhantomPicture(record, side: 96)
      let mask = picture.mask(.pneumothorax)
      let inside = mask.indices.filter { mask[$0] == 255 }
      let half = record.findings[0].side == .right ? 0..<48 : 48..<96
      #expect(inside.count > 40 && inside.allSatisfy { half.contains($0 % 96) })
      let inwards = half.lowerBound == 0 ? 1 : -1
      let edge = inside.filter { mask[$0 + inwards] == 0 && (26..<60).contains($0 / 96) }
      let lung = edge.map { Double(picture.pixels[$0 + 5 * inwards]) }
      let air = edge.map { Double(picture.pixels[$0 - 3 * inwards]) }
      if air.reduce(0, +) < lung.reduce(0, +) { darker += 1 }
    }
    #expect(records.count > 15 && darker * 4 > records.count * 3, "\(darker) of \(records.count)")
  }
}
