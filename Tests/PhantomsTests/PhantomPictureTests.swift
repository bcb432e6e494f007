import Phantoms
import Testing

@Suite struct PhantomPictureTests {
  static let side = 80
  static let records = (0..<150).map { PhantomRecord(seed: 3, index: $0, style: .energies) }
  static let pictures = records.map { PhantomPicture($0, side: side) }

  static let grey = (0..<150).map { PhantomPicture(PhantomRecord(seed: 3, index: $0), side: side) }

  static func mean(_ pixels: [UInt8]) -> Double { Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count) }

  @Test func picturesAreNeitherBlankNorClipped() {
    for picture in Self.pictures + Self.grey {
      #expect(picture.pixels.count == Self.side * Self.side)
      #expect(Set(picture.pixels).count > 40)
      #expect(picture.pixels.filter { $0 == 255 }.count < picture.pixels.count / 4)
    }
  }

  @Test func eachChannelShowsItsOwnExposure() {
    for channel in 0..<3 {
      let means = PhantomAppearance.Exposure.allCases.map { level in
        let these = zip(Self.records, Self.pictures).filter { $0.0.appearance.exposures[channel] == level }
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
}
