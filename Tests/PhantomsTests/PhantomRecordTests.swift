import Phantoms
import Testing

@Suite struct PhantomRecordTests {
  static let records = (0..<1200).map { PhantomRecord(seed: 11, index: $0) }
  static let energies = (0..<1200).map { PhantomRecord(seed: 11, index: $0, style: .energies) }

  /// Words and marks of a report, in lower case.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in text.lowercased() + " " {
      if character.isLetter || character.isNumber {
        word.append(character)
        continue
      }
      if !word.isEmpty { words.append(word) }
      word = ""
      if character != " " { words.append(String(character)) }
    }
    return words
  }

  @Test func aRecordDependsOnSeedAndIndexAlone() {
    let again = PhantomRecord(seed: 11, index: 42)
    #expect(again.report == Self.records[42].report && again.findings == Self.records[42].findings)
    #expect(PhantomPicture(again, side: 64).pixels == PhantomPicture(Self.records[42], side: 64).pixels)
    #expect(PhantomRecord(seed: 12, index: 42).report != again.report)
    #expect(Set(Self.records.map(\.report)).count > 1190)
  }

  @Test func everyWordIsOnePieceOfTheTokenizer() {
    let vocabulary = Set(PhantomTokenizer.vocabulary)
    #expect(vocabulary.count == PhantomTokenizer.vocabulary.count)
    for record in Self.records + Self.energies {
      let missing = Self.words(record.report).filter { !vocabulary.contains($0) }
      #expect(missing.isEmpty, "\(missing) in \(record.report)")
    }
  }

  @Test func everyPrintableCharacterCanBeEncoded() {
    let vocabulary = Set(PhantomTokenizer.vocabulary)
    for value in UInt8(33)..<127 {
      let character = String(Character(Unicode.Scalar(value))).lowercased()
      #expect(vocabulary.contains(character) && vocabulary.contains("##" + character))
    }
    #expect(Array(PhantomTokenizer.vocabulary.prefix(4)) == PhantomTokenizer.specials)
  }

  @Test func reportsStateAppearanceAndFindings() {
    for record in Self.records + Self.energies {
      let words = Self.words(record.report)
      for (name, word) in record.appearance.words {
        #expect(words.contains(word), "\(name) \(word) in \(record.report)")
      }
      for side in PhantomFinding.Side.allCases {
        let stated = words.filter { $0 == side.rawValue }.count
        #expect(stated == record.findings.filter { $0.side == side }.count, "\(record.report)")
      }
      for finding in record.findings {
        #expect(words.contains(finding.kind.rawValue) && words.contains(finding.size.rawValue))
        if let zone = finding.zone { #expect(words.contains(zone.rawValue)) }
        #expect((finding.zone == nil) == finding.kind.isPleural)
      }
    }
  }

  @Test func reportsAreOfTheIntendedLengthAndDensity() {
    var (told, total) = (0, 0)
    var lengths: [Int] = []
    for record in Self.records {
      let words = Self.words(record.report).filter { $0.first!.isLetter }
      lengths.append(Self.words(record.report).count + 1)
      var values = Set(record.appearance.words.map(\.word))
      for finding in record.findings {
        values.formUnion([finding.kind.rawValue, finding.side.rawValue, finding.size.rawValue])
        if let zone = finding.zone { values.insert(zone.rawValue) }
      }
      told += words.filter(values.contains).count
      total += words.count
    }
    #expect(lengths.min()! >= 20 && lengths.max()! <= 90)
    #expect((30...50).contains(lengths.reduce(0, +) / lengths.count))
    #expect(Double(told) / Double(total) > 0.40)
  }

  @Test(arguments: [
    (PhantomFinding.Kind.consolidation, 0.14...0.24), (.mass, 0.09...0.16), (.cavity, 0.03...0.08),
    (.bulla, 0.07...0.14), (.atelectasis, 0.14...0.24), (.calcification, 0.08...0.16), (.effusion, 0.18...0.30),
    (.pneumothorax, 0.12...0.22), (.fibrothorax, 0.03...0.08),
  ]) func patientsHaveFindingsAsOftenAsIntended(kind: PhantomFinding.Kind, expected: ClosedRange<Double>) {
    let these = Self.records.flatMap(\.findings).filter { $0.kind == kind }
    #expect(expected.contains(Double(these.count) / 1200))
    for contrast in PhantomFinding.Contrast.allCases {
      for size in PhantomFinding.Size.allCases {
        #expect(these.contains { $0.contrast == contrast && $0.size == size }, "\(contrast) \(size)")
      }
    }
  }

  @Test func patientsHaveUpToThreeFindingsOfDifferentKinds() {
    for record in Self.records {
      #expect(record.findings.count <= 3 && Set(record.findings.map(\.kind)).count == record.findings.count)
    }
    let healthy = Double(Self.records.filter(\.findings.isEmpty).count) / 1200
    #expect((0.2...0.4).contains(healthy))
  }

  @Test func attributesAreEvenAndIndependent() {
    let findings = Self.energies.flatMap(\.findings)
    func share<T>(_ items: [T], _ holds: (T) -> Bool) -> Double {
      Double(items.filter(holds).count) / Double(items.count)
    }
    #expect(abs(share(findings) { $0.side == .left } - 0.5) < 0.04)
    for kind in PhantomFinding.Kind.allCases {
      let these = findings.filter { $0.kind == kind }
      #expect(these.count > 100)
      #expect(abs(share(these) { $0.side == .left } - 0.5) < 0.12, "\(kind)")
      for size in PhantomFinding.Size.allCases {
        #expect(abs(share(these) { $0.size == size } - 1 / 3) < 0.12, "\(kind) \(size)")
      }
    }
    let zoned = findings.filter { $0.zone != nil }
    for zone in PhantomFinding.Zone.allCases { #expect(abs(share(zoned) { $0.zone == zone } - 1 / 3) < 0.05) }
    for heart in PhantomAppearance.Heart.allCases {
      let these = Self.energies.filter { $0.appearance.heart == heart }
      #expect(abs(Double(these.count) / 1200 - 1 / 3) < 0.05)
      #expect(abs(share(these) { $0.appearance.exposures[0] == .black } - 1 / 5) < 0.07)
    }
  }
}
