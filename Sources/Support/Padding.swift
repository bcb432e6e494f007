/// The text with blanks before it, `width` characters wide; longer text stays as it is.
public func paddedLeft(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

/// The text with blanks after it, `width` characters wide; longer text stays as it is.
public func paddedRight(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
