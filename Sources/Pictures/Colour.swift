/// An opaque sRGB colour, 8 bits per channel.
public struct Colour: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A grey of the given level.
  public init(grey: UInt8) { self.init(grey, grey, grey) }

  /// `#rrggbb`, as SVG and CSS write it.
  public var hex: String {
    let digits = Array("0123456789abcdef")
    return [red, green, blue].reduce(into: "#") { text, byte in
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }

  public static let black = Colour(grey: 0)
  public static let white = Colour(grey: 255)
  public static let ink = Colour(31, 36, 43)
  public static let quiet = Colour(112, 120, 131)
  public static let rule = Colour(221, 225, 230)
  public static let right = Colour(22, 128, 61)
  public static let wrong = Colour(200, 30, 45)
  public static let marked = Colour(253, 230, 160)

  /// Colours for series and groups, told apart also by readers who confuse red and green (Okabe and Ito).
  public static let series: [Colour] = [
    Colour(0, 114, 178), Colour(213, 94, 0), Colour(0, 158, 115), Colour(204, 121, 167), Colour(230, 159, 0),
    Colour(86, 180, 233), Colour(120, 94, 184), Colour(140, 140, 60),
  ]
}
