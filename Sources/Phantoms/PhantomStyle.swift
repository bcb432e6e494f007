/// The two kinds of phantoms, made for two questions.
public enum PhantomStyle: String, CaseIterable, Sendable {
  /// Grey radiographs of patients: findings as rare as in a clinic, from subtle to obvious, behind an exposure that tells
  /// nothing of them. For classifiers: how many labels does it take?
  case radiograph
  /// Pictures in three energy channels in which everything a report states varies evenly, and widely: does a model that
  /// restores reports look at the image?
  case energies
}
