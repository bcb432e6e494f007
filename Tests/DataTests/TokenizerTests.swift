import Data
import Testing

@Suite("Tokenizer")
struct TokenizerTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var text: String
    var ids: [Int32]
    var bert: [Int32]
    var testDescription: String { String(text.prefix(20)) }
  }

  static let sampleTexts: [Sample] = {
    let list = (try? JSON.read(path: samples + "tokens.json"))?.elements ?? []
    let numbers = { (value: JSON?) in (value?.elements ?? []).compactMap(\.intValue).map { Int32($0) } }
    return list.map {
      Sample(text: $0["text"]?.stringValue ?? "", ids: numbers($0["ids"]), bert: numbers($0["bert"]))
    }
  }()

  static let tokenizer = try? Tokenizer(path: samples + "tokenizer.json")

  private var tokenizer: Tokenizer {
    get throws { try #require(Self.tokenizer) }
  }

  @Test("the samples are there")
  func samplesExist() { #expect(Self.sampleTexts.count == 31) }

  @Test("ids are those of the tokenizers package", arguments: sampleTexts)
  func ids(_ sample: Sample) throws {
    let report = try tokenizer.encode(sample.text, length: sample.ids.count + 3)
    #expect(report.ids == sample.ids + [0, 0, 0])
    #expect(report.count == sample.ids.count)
    #expect(report.attentionMask == sample.ids.map { _ in 1 } + [0, 0, 0])
  }

  @Test("a vocabulary with [SEP] is read as BERT's", arguments: sampleTexts)
  func bert(_ sample: Sample) throws {
    let report = try Tokenizer(path: samples + "vocab.txt").encode(sample.text, length: sample.bert.count + 1)
    #expect(report.ids == sample.bert + [0])
  }

  @Test("a vocabulary without [SEP] gives the ids of the tokenizer file with the same tokens", arguments: sampleTexts)
  func plainVocabulary(_ sample: Sample) throws {
    let known = try tokenizer
    let vocabulary = known.decode(0..<Int32(known.vocabularySize)).joined(separator: "\r\n")
    let plain = try Tokenizer(bytes: Array(vocabulary.utf8), file: "vocab.txt")
    #expect(plain.vocabularySize == known.vocabularySize)
    #expect(plain.encode(sample.text, length: sample.ids.count).ids == sample.ids)
  }

  @Test("truncation keeps the first tokens")
  func truncation() throws {
    for sample in Self.sampleTexts {
      for length in 1...max(1, sample.ids.count) {
        #expect(try tokenizer.encode(sample.text, length: length).ids == Array(sample.ids.prefix(length)))
      }
    }
  }

  @Test("an empty report is [CLS] and padding; a long one fills the length")
  func extremes() throws {
    let empty = try tokenizer.encode("", length: 5)
    #expect(empty.ids == [2, 0, 0, 0, 0])
    #expect(empty.count == 1)
    let words = String(repeating: "pleural effusion is clear. ", count: 2500)
    let long = try tokenizer.encode(words, length: 100)
    #expect(long.count == 100)
    #expect(try tokenizer.encode(words, length: 20_000).count == 12_501)
  }

  @Test("only tokens without ## start a word; ids become tokens again")
  func wordStarts() throws {
    let tokenizer = try tokenizer
    let report = tokenizer.encode("hydropneumothorax 2020", length: 20)
    let tokens = tokenizer.decode(report.ids.prefix(report.count))
    #expect(tokens.first == "[CLS]")
    #expect(tokens.last == "2020")
    #expect(tokens.contains("##thorax"))
    for position in 0..<20 {
      let startsWord = position < report.count && !tokens[position].hasPrefix("##")
      #expect(report.startsWord[position] == startsWord)
    }
    #expect(tokenizer.decode([-1, 1_000_000]) == ["[UNK]", "[UNK]"])
  }

  @Test("a vocabulary larger than the model's is refused")
  func vocabularySize() throws {
    let tokenizer = try tokenizer
    try tokenizer.check(vocabulary: tokenizer.vocabularySize)
    expectDiagnostic(.badData, "tokenizer.json: error:", "more than the 10") { try tokenizer.check(vocabulary: 10) }
  }

  @Test("two tokens that Unicode holds equivalent are two tokens")
  func equivalentTokens() throws {
    let text = "[PAD]\n[UNK]\n[CLS]\n[MASK]\n\u{E9}\ne\u{301}\n"
    #expect(try Tokenizer(bytes: Array(text.utf8), file: "vocab.txt").vocabularySize == 6)
  }

  private func read(_ text: String) throws {
    _ = try Tokenizer(bytes: Array(text.utf8), file: "tok.json")
  }

  private func file(
    _ vocabulary: String = #"{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[MASK]":3}"#, type: String = "WordPiece",
    more: String = ""
  ) -> String {
    #"{"model":{"type":"\#(type)","unk_token":"[UNK]","vocab":\#(vocabulary)}\#(more)}"#
  }

  @Test("a malformed tokenizer file is refused, naming what is missing")
  func malformed() throws {
    try read(file())
    expectDiagnostic(.badData, "tok.json:1:") { try read("{") }
    expectDiagnostic(.badData, "no \"model\"") { try read("{}") }
    expectDiagnostic(.badData, "\"model.type\"") { try read(#"{"model":{}}"#) }
    expectDiagnostic(.badData, "\"BPE\", expected \"WordPiece\"") { try read(file(type: "BPE")) }
    expectDiagnostic(.badData, "\"model.vocab\"") { try read(#"{"model":{"type":"WordPiece"}}"#) }
    expectDiagnostic(.badData, "unk_token") { try read(#"{"model":{"type":"WordPiece","vocab":{}}}"#) }
    expectDiagnostic(.badData, "no token [MASK]") { try read(file(#"{"[PAD]":0,"[UNK]":1,"[CLS]":2}"#)) }
    expectDiagnostic(.badData, "[PAD] has id 4, expected 0") {
      try read(file(#"{"[PAD]":4,"[UNK]":1,"[CLS]":2,"[MASK]":3}"#))
    }
    expectDiagnostic(.badData, "both have id 2") {
      try read(file(#"{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[MASK]":2}"#))
    }
    expectDiagnostic(.badData, "\"a\" has id -1") { try read(file(#"{"a":-1}"#)) }
    expectDiagnostic(.badData, "\"a\" is no integer") { try read(file(#"{"a":"b"}"#)) }
    expectDiagnostic(.badData, "normalizer \"Precompiled\"") {
      try read(file(more: #","normalizer":{"type":"Precompiled"}"#))
    }
    expectDiagnostic(.badData, "pre-tokenizer \"ByteLevel\"") {
      try read(file(more: #","pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"}]}"#))
    }
    expectDiagnostic(.badData, "\"[PAD]\" has id 7") {
      try read(file(more: #","added_tokens":[{"id":7,"content":"[PAD]"}]"#))
    }
    expectDiagnostic(.badData, "\"lstrip\" is not supported") {
      try read(file(more: #","added_tokens":[{"id":3,"content":"[MASK]","lstrip":true}]"#))
    }
    expectDiagnostic(.badData, "no token [PAD]") { try read("hello\nworld\n") }
    expectDiagnostic(.badData, "tok.json:3: error:", "appears twice") { try read("[PAD]\na\na\n") }
    expectDiagnostic(.noInput, "no such file") { _ = try Tokenizer(path: samples + "absent.json") }
  }

  @Test("the public tokenizer gives the published counts on the public notes")
  func publicNotes() throws {
    let file = sharedData + "mimic_wordpiece.json"
    guard fileKind(file) == .file, fileKind(sharedData + "record/training.csv") == .file else {
      print("SKIPPED: the public records are not at ../shared/data")
      return
    }
    let tokenizer = try Tokenizer(path: file)
    let feeds = try FeedSet([.tokens(TokenFeed(length: 512, vocabulary: 30_000))], tokenizer: file)
    let list = try feeds.table(sharedData + "record/training.csv", training: true)
    #expect(tokenizer.vocabularySize == 30_000)
    #expect(list.count == 292)
    let reports = (0..<list.count).map { tokenizer.encode(list.field($0, "report_content"), length: 512) }
    let ids = reports.flatMap { $0.ids.prefix($0.count) }
    let lengths = reports.map(\.count).sorted()
    #expect(ids.count == 21_543)
    #expect(ids.count { $0 == tokenizer.unknownID } == 8)
    // Published without [CLS].
    #expect(Set(ids).count == 1892 + 1)
    #expect(lengths.first == 4 && lengths.last == 324)
    #expect(lengths.count { $0 > 100 } == 73)
  }
}
