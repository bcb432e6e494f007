import Driver
import Testing

@Suite struct SelectionTests {
  private func options(_ change: (inout BuildOptions) -> Void) -> BuildOptions {
    var options = BuildOptions(model: "mrm-nano")
    change(&options)
    return options
  }

  @Test func whatThisVersionCannotDoIsRefusedAsUsage() {
    let refused = [
      options { $0.optimization = 4 }, options { $0.batch = 0 }, options { $0.products = .emitted },
      options { $0.memoryBudget = 0 }, options { $0.disabledPasses = ["nothing"] },
      options { $0.printAfter = ["nothing"] }, options { $0.passLimit = -1 },
    ]
    for options in refused {
      #expect { try options.validate() } throws: { ($0 as? Diagnostic)?.code == .usage }
    }
  }

  @Test func whatItCanDoIsAccepted() throws {
    try options { $0.optimization = 0 }.validate()
    try options { $0.products = .openblas }.validate()
    try options { $0.precision = .bf16 }.validate()
    try options { $0.printAfter = ["all"] }.validate()
    try options { $0.disabledPasses = ["dce"] }.validate()
  }

  @Test func flagsAtTheirDefaultsAreLeftOut() {
    #expect(BuildOptions(model: "m").commandLine == [])
    let some = options {
      $0.settings = ["lambda=2"]
      $0.batch = 4
      $0.optimization = 0
    }
    #expect(some.commandLine == ["--set lambda=2", "--batch 4", "-O0"])
  }
}
