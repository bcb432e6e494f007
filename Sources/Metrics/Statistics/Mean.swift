/// The mean of those values that there are; nil when there are none.
public func meanOfDefined(_ values: [Double?]) -> Double? {
  let known = values.compactMap { $0 }
  return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
}
