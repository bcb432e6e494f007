import Glibc
import Support
import Testing

@Suite struct FileTests {
  @Test func aFileAppearsOnlyWhenCommitted() throws {
    let directory = try TemporaryDirectory()
    do {
      let file = try AtomicFile(path: directory("a"))
      try file.write("half")
    }
    #expect(directoryEntries(directory.path).isEmpty)
    try AtomicFile.write("one", to: directory("a"))
    let file = try AtomicFile(path: directory("a"))
    try file.write([UInt8](repeating: 65, count: 200_000))
    #expect(try readTextFile(directory("a")) == "one")
    try file.write("end")
    try file.commit()
    #expect(directoryEntries(directory.path) == ["a"])
    let bytes = try readFile(directory("a"))
    #expect(bytes.count == 200_003 && bytes.suffix(4) == [65, 101, 110, 100])
  }

  @Test func aLinkStaysAndWhatItPointsToIsReplaced() throws {
    let directory = try TemporaryDirectory()
    try makeDirectory(directory("far"))
    try AtomicFile.write("old", to: directory("far/a"))
    #expect(symlink("far/a", directory("link")) == 0)
    try AtomicFile.write("new", to: directory("link"))
    #expect(try readTextFile(directory("far/a")) == "new")
    var status = stat()
    #expect(lstat(directory("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(directoryEntries(directory.path) == ["far", "link"] && directoryEntries(directory("far")) == ["a"])
    #expect(symlink("far/b", directory("early")) == 0)
    try AtomicFile.write("first", to: directory("early"))
    #expect(try readTextFile(directory("far/b")) == "first" && readTextFile(directory("early")) == "first")
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let directory = try TemporaryDirectory()
    let absent = diagnostic { () throws(Diagnostic) in try AtomicFile.write("x", to: directory("no/such")) }
    #expect(absent.code == .cannotWrite && absent.location?.file == directory("no/such"))
    #expect(diagnostic { () throws(Diagnostic) in try AtomicFile.write("x", to: directory.path) }.code == .cannotWrite)
    let full = diagnostic { () throws(Diagnostic) in try AtomicFile.write("x", to: "/dev/full") }
    #expect(full.code == .cannotWrite && full.message.contains("No space left"))
    try AtomicFile.write("x", to: "/dev/null")
    #expect(fileKind("/dev/null") == .other)
  }

  @Test func readingNamesTheFile() throws {
    let directory = try TemporaryDirectory()
    let absent = diagnostic { () throws(Diagnostic) in _ = try readFile(directory("none")) }
    #expect(absent.code == .noInput && absent.description == "\(directory("none")): error: no such file")
    #expect(diagnostic { () throws(Diagnostic) in _ = try readFile(directory.path) }.code == .badData)
    try AtomicFile.write([0xC3, 0x28], to: directory("latin"))
    #expect(diagnostic { () throws(Diagnostic) in _ = try readTextFile(directory("latin")) }.code == .badData)
  }

  @Test func directoriesAreMadeListedAndRemoved() throws {
    let directory = try TemporaryDirectory()
    try makeDirectory(directory("a/b/c"))
    try makeDirectory(directory("a/b/c"))
    try AtomicFile.write("x", to: directory("a/b/c/f"))
    symlink("/etc", directory("a/link"))
    #expect(directoryEntries(directory("a")) == ["b", "link"])
    removeTree(directory("a"))
    #expect(fileKind(directory("a")) == .absent && fileKind("/etc") == .directory)
    try AtomicFile.write("x", to: directory("f"))
    #expect(diagnostic { () throws(Diagnostic) in try makeDirectory(directory("f/g")) }.code == .cannotWrite)
    #expect(diagnostic { () throws(Diagnostic) in try makeDirectory("") }.message.contains("'' is no path"))
    // Nobody makes directories there; that it is absent is not the reason.
    let refused = diagnostic { () throws(Diagnostic) in try makeDirectory("/sys/none") }
    #expect(refused.code == .cannotWrite && !refused.message.contains("No such file"))
    #expect(directoryName("a/b") == "a" && directoryName("b") == "." && directoryName("/b") == "/")
    #expect(baseName("a/b.c") == "b.c" && baseName("b") == "b")
  }

  @Test func numbersAndHashesAreStable() {
    #expect(1.23456.fixed(2) == "1.23" && (0.1).significant(3) == "0.1" && (-0.5).fixed(0) == "-0")
    #expect(byteText(812) == "812 B" && byteText(4_200_000) == "4.20 MB" && byteText(137_000_000_000) == "137.0 GB")
    #expect(durationText(3.21) == "3.2s" && durationText(245) == "4m05s" && durationText(7620) == "2h07m")
    #expect(StableHash.hex(of: "") == "cbf29ce484222325")
    #expect(StableHash.hex(of: "foobar") == "85944171f73967e8")
    var first = StableHash()
    var second = StableHash()
    first.update("a")
    first.update("bc")
    second.update("ab")
    second.update("c")
    #expect(first != second)
  }
}
