/// The documented process exit codes (`docs/cli.md`), shared by the compiler and by every training program.
public enum ExitCode: Int32, Sendable, Hashable {
  /// Everything asked for was done.
  case success = 0
  /// It failed for a reason that is none of those below.
  case failure = 1
  /// A flag, option key or value is not acceptable.
  case usage = 64
  /// Data is malformed: CSV, image, `.tir`, safetensors, checkpoint, or a tensor of the wrong shape.
  case badData = 65
  /// A file that was named or listed is absent.
  case noInput = 66
  /// The compiler itself is wrong.
  case compilerBug = 70
  /// A path cannot be written, or the disk is full.
  case cannotWrite = 74
  /// Training met a loss that is not finite.
  case nonFiniteLoss = 79
  /// Stopped by SIGINT.
  case interrupted = 130
  /// Checkpointed and stopped on SIGTERM.
  case terminated = 143
}
