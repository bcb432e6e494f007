import Support

/// Builds SVG text. Numbers have at most two decimals, so that equal data give equal text.
struct SVG {
  private var lines: [String]

  /// Opens a picture of the given size in pixels on a white ground; one font for everything in it.
  init(width: Double, height: Double) {
    let (w, h) = (Self.number(width), Self.number(height))
    lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(w)\" height=\"\(h)\" viewBox=\"0 0 \(w) \(h)\" "
        + "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\">",
      "<rect width=\"\(w)\" height=\"\(h)\" fill=\"#ffffff\"/>",
    ]
  }

  enum Anchor: String { case start, middle, end }

  mutating func text(
    _ text: String, x: Double, y: Double, size: Double = 12, colour: Colour = .ink, anchor: Anchor = .start,
    bold: Bool = false, turned: Bool = false
  ) {
    let (px, py) = (Self.number(x), Self.number(y))
    var attributes = "x=\"\(px)\" y=\"\(py)\" fill=\"\(colour.hex)\""
    if size != 12 { attributes += " font-size=\"\(Self.number(size))\"" }
    if anchor != .start { attributes += " text-anchor=\"\(anchor.rawValue)\"" }
    if bold { attributes += " font-weight=\"bold\"" }
    if turned { attributes += " transform=\"rotate(-90 \(px) \(py))\"" }
    lines.append("<text \(attributes)>\(Self.escaped(text))</text>")
  }

  mutating func line(
    x1: Double, y1: Double, x2: Double, y2: Double, colour: Colour, width: Double = 1, dashed: Bool = false
  ) {
    let dashes = dashed ? " stroke-dasharray=\"4 3\"" : ""
    lines.append(
      "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\" "
        + "stroke=\"\(colour.hex)\" stroke-width=\"\(Self.number(width))\"\(dashes)/>"
    )
  }

  /// A line through points; `dashes` is SVG's `stroke-dasharray`.
  mutating func path(
    _ points: [(x: Double, y: Double)], colour: Colour, width: Double, opacity: Double = 1, dashes: String = ""
  ) {
    guard let first = points.first else { return }
    var data = "M\(Self.number(first.x)) \(Self.number(first.y))"
    for point in points.dropFirst() { data += "L\(Self.number(point.x)) \(Self.number(point.y))" }
    let see = opacity == 1 ? "" : " stroke-opacity=\"\(Self.number(opacity))\""
    lines.append(
      "<path d=\"\(data)\" fill=\"none\" stroke=\"\(colour.hex)\" stroke-width=\"\(Self.number(width))\" "
        + "stroke-linejoin=\"round\"\(see)\(dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\"")/>")
  }

  mutating func circle(x: Double, y: Double, radius: Double, fill: Colour, stroke: Colour) {
    lines.append(
      "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" fill=\"\(fill.hex)\" "
        + "stroke=\"\(stroke.hex)\" stroke-width=\"1.5\"/>")
  }

  /// A rectangle; `tip` is shown by browsers when the pointer rests on it.
  mutating func rect(
    x: Double, y: Double, width: Double, height: Double, fill: Colour, stroke: Colour? = nil, tip: String? = nil
  ) {
    let edge = stroke.map { " stroke=\"\($0.hex)\" stroke-width=\"0.5\"" } ?? ""
    let shape =
      "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\" "
      + "height=\"\(Self.number(max(0, height)))\" fill=\"\(fill.hex)\"\(edge)"
    lines.append(tip.map { "\(shape)><title>\(Self.escaped($0))</title></rect>" } ?? "\(shape)/>")
  }

  /// The whole file.
  func finished() -> String { (lines + ["</svg>", ""]).joined(separator: "\n") }

  /// Up to two decimals, without trailing zeros.
  static func number(_ value: Double) -> String {
    var text = (value == 0 ? 0 : value).fixed(2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar.value < 32 ? " " : scalar)
      }
    }
    return result
  }
}
