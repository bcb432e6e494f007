import GoldenFiles
import Support
import Testing

/// Walks every file under `IR/tests`.
struct IRFileTests {
  @Test func thereAreFilesOfEveryKind() throws {
    let verbs = Set(try FileTest.all().map(\.verb))
    #expect(verbs.isSuperset(of: ["roundtrip", "verify", "opt", "ad", "run", "compile"]))
  }

  @Test(arguments: try FileTest.all())
  func file(_ test: FileTest) throws {
    do {
      guard let observed = try test.run() else { return }
      if let difference = try test.golden.difference(from: observed) {
        Issue.record("\(difference)")
      }
    } catch let error as Diagnostic {
      Issue.record("\(test): \(error)")
    }
  }
}
