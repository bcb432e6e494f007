import PNGDecoding
import Phantoms
import Support
import Testing

/// Lists of labels and masks, against the reports and the scenes.
@Suite struct PhantomLabelTests {
  @Test func labelsAreThoseOfTheScene() throws {
    try PhantomDatasetTests.withDirectory { directory in
      try PhantomDatasetTests.set(40, 9, seed: 2, side: 64).write(to: directory)
      for (list, records, start) in [("labels.csv", "training.csv", 0), ("heldout-labels.csv", "heldout.csv", 40)] {
        let rows = PhantomDatasetTests.rows(try readTextFile(directory + "/" + list))
        let reports = PhantomDatasetTests.rows(try readTextFile(directory + "/" + records))
        #expect(
          rows[0] == [
            "image_path", "Consolidation", "Mass", "Cavity", "Bulla", "Atelectasis", "Calcification", "Effusion",
            "Pneumothorax", "Fibrothorax",
          ])
        #expect(rows.map { $0[0] } == reports.map { $0[0] })
        for (offset, (row, report)) in zip(rows, reports).dropFirst().enumerated() {
          let words = PhantomRecordTests.words(report[1])
          #expect(row.dropFirst().allSatisfy { $0 == "0" || $0 == "1" })
          #expect(zip(rows[0], row).dropFirst().allSatisfy { words.contains($0.lowercased()) == ($1 == "1") })
          let findings = PhantomRecord(seed: 2, index: start + offset).findings
          #expect(row.dropFirst().filter { $0 == "1" }.count == findings.count)
        }
      }
    }
  }

  @Test func masksAreTheAreasOfFindings() throws {
    try PhantomDatasetTests.withDirectory { directory in
      try PhantomDatasetTests.set(40, 9, seed: 2, side: 64).write(to: directory)
      var named: Set<String> = []
      for (list, count, start) in [("masks.csv", 40, 0), ("heldout-masks.csv", 9, 40)] {
        let rows = PhantomDatasetTests.rows(try readTextFile(directory + "/" + list))
        #expect(rows[0] == ["image_path", "mask_path"] && rows.count == count + 1)
        for (offset, row) in rows.dropFirst().enumerated() {
          let record = PhantomRecord(seed: 2, index: start + offset)
          let mask = try #require(DecodedPNG(try readFile(directory + "/" + row[1])))
          #expect(mask.width == 64 && mask.height == 64 && mask.pixels.allSatisfy { $0 == 0 || $0 == 255 })
          let present = record.findings.contains { $0.kind == .pneumothorax }
          #expect(mask.pixels.contains(255) == present)
          named.insert(row[1])
        }
      }
      let truth = try JSON.read(path: directory + "/findings.json")
      for (index, record) in try #require(truth["records"]?.elements).enumerated() {
        let picture = PhantomPicture(PhantomRecord(seed: 2, index: index), side: 64)
        for (finding, area) in zip(try #require(record["findings"]?.elements), picture.areas) {
          let path = try #require(finding["mask"]?.stringValue)
          let mask = try #require(DecodedPNG(try readFile(directory + "/" + path)))
          #expect(mask.pixels == area.flatMap { [$0, $0, $0] } && area.contains(255))
          named.insert(path)
        }
      }
      #expect(named == Set(directoryEntries(directory + "/masks").map { "masks/" + $0 }))
    }
  }
}
