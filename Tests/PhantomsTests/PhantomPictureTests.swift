import Phantoms
import Testing

@Suite struct PhantomPictureTests {
  static let side = 80
  static let records = (0..<150).map { PhantomRecord(seed: 3, index: $0) }
  static let pictures = records.map { PhantomPicture($0, side: side) }

  static func mean(_ pixels: [UInt8]) -> Double { Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count) }

  @Test func picturesAreNeitherBlankNorClipped() {
    for picture in Self.pictures {
      #expect(picture.pixels.count == Self.side * Self.side)
      #expect(Set(picture.pixels).count > 40)
      #expect(picture.pixels.filter { $0 == 255 }.count < picture.pixels.count / 4)
    }
  }

  @Test func exposureShowsInTheMean() {
    let means = PhantomAppearance.Exposure.allCases.map { exposure in
      let these = zip(Self.records, Self.pictures).filter { $0.0.appearance.exposure == exposure }
      return these.map { Self.mean($0.1.pixels) }.reduce(0, +) / Double(these.count)
    }
    #expect(means[0] > means[1] + 25 && means[1] > means[2] + 25)
  }

  @Test func basesDifferInTintAndKeepTheOrderOfGreys() {
    var tints: Set<[Int]> = []
    for base in PhantomAppearance.Base.allCases {
      let record = Self.records.first { $0.appearance.base == base }!
      let palette = PhantomPicture(record, side: 64).palette.map(Int.init)
      #expect(palette.count == 768)
      for place in 3..<768 { #expect(palette[place] >= palette[place - 3]) }
      let middle = palette[384..<387]
      tints.insert([middle.first! - middle.last!, middle.dropFirst().first! - middle.last!])
    }
    #expect(tints.count == PhantomAppearance.Base.allCases.count)
  }

  @Test func contrastShowsInTheSpread() {
    let spreads = PhantomAppearance.Contrast.allCases.map { contrast in
      let these = zip(Self.records, Self.pictures).filter { $0.0.appearance.contrast == contrast }
      let each = these.map { _, picture in
        let mean = Self.mean(picture.pixels)
        return picture.pixels.reduce(0) { $0 + abs(Double($1) - mean) } / Double(picture.pixels.count)
      }
      return each.reduce(0, +) / Double(each.count)
    }
    #expect(spreads[1] > 1.2 * spreads[0] && spreads[2] > 1.2 * spreads[1])
  }

  @Test func shadingShowsBetweenTheUpperAndLowerHalf() {
    let steps = PhantomAppearance.Shading.allCases.map { shading in
      let these = zip(Self.records, Self.pictures).filter { $0.0.appearance.shading == shading }
      let each = these.map { _, picture in
        let half = picture.pixels.count / 2
        return Self.mean(Array(picture.pixels[half...])) - Self.mean(Array(picture.pixels[..<half]))
      }
      return each.reduce(0, +) / Double(each.count)
    }
    let (cranial, even, caudal) = (steps[0], steps[1], steps[2])
    #expect(caudal > even + 25 && even > cranial + 25)
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
