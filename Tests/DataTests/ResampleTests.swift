import Data
import Testing

@Suite("Crops and resampling")
struct ResampleTests {
  private func write(
    _ name: String, _ plan: CropPlan, planes: Int, normalization: ImageFeed.Normalization = .mimic
  ) throws -> [Float] {
    let image = try DecodedImage(path: samples + name)
    var out = [Float](repeating: .nan, count: planes * plan.size * plan.size)
    try out.withUnsafeMutableBufferPointer {
      try image.write(plan, planes: planes, normalization: normalization, to: $0.baseAddress!)
    }
    return out
  }

  private func plan(_ box: [Int], resized: [Int], window: [Int], size: Int) -> CropPlan {
    CropPlan(
      left: box[0], top: box[1], width: box[2], height: box[3], resizedWidth: resized[0], resizedHeight: resized[1],
      windowLeft: window[0], windowTop: window[1], size: size)
  }

  private func normalised(_ pixel: Int) -> Float { (Float(pixel) / 255 - 0.4978) / 0.2449 }

  @Test("crop, resize and window give Pillow's pixels to the bit, in every plane", arguments: 0..<10)
  func pillow(_ number: Int) throws {
    let sample = try #require(try JSON.read(path: samples + "resample.json")[number])
    let numbers = { (key: String) in sample[key]?.elements?.compactMap(\.intValue) ?? [] }
    let size = try #require(sample["size"]?.intValue)
    var plan = plan(numbers("box"), resized: numbers("resized"), window: numbers("window"), size: size)
    plan.interpolation = sample["filter"]?.stringValue == "bilinear" ? .bilinear : .bicubic
    let expected = numbers("pixels").map(normalised)
    let name = try #require(sample["image"]?.stringValue)
    let out = try write(name, plan, planes: 3)
    if expected.count == out.count {
      #expect(out == expected)
    } else {
      #expect(out == expected + expected + expected)
    }
    var flipped = plan
    flipped.isFlipped = true
    let mirror = try write(name, flipped, planes: 3)
    for row in 0..<3 * size {
      #expect(Array(mirror[row * size..<(row + 1) * size]) == out[row * size..<(row + 1) * size].reversed())
    }
  }

  @Test("a colour image gives its luma when one plane is asked for")
  func luma() throws {
    let plan = plan([0, 0, 7, 5], resized: [7, 5], window: [0, 0], size: 5)
    let identity = ImageFeed.Normalization(mean: 0, std: 1)
    let rgb = try write("rgb16.png", plan, planes: 3, normalization: identity).map { ($0 * 255).rounded() }
    let grey = try write("rgb16.png", plan, planes: 1, normalization: identity).map { ($0 * 255).rounded() }
    for i in 0..<25 {
      #expect(abs(grey[i] - (0.299 * rgb[i] + 0.587 * rgb[25 + i] + 0.114 * rgb[50 + i])) <= 0.51)
    }
  }

  @Test("random crops lie inside the image, with the area and shape asked for, and half are mirrored")
  func randomCrops() {
    let crop = RandomResizedCrop(size: 16)
    var flips = 0
    var areas: [Double] = []
    for index in 0..<2000 {
      var stream = RandomStream(seed: 3, purpose: .crop, epoch: 0, index: index)
      let plan = crop.plan(width: 400, height: 360, stream: &stream)
      #expect(plan.left >= 0 && plan.top >= 0 && plan.width > 0 && plan.height > 0)
      #expect(plan.left + plan.width <= 400 && plan.top + plan.height <= 360)
      let shape = Double(plan.width) / Double(plan.height)
      #expect(shape > 0.74 && shape < 1.35)
      areas.append(Double(plan.width * plan.height) / (400 * 360))
      if plan.isFlipped { flips += 1 }
    }
    #expect((900...1100).contains(flips))
    #expect(areas.allSatisfy { $0 > 0.198 && $0 <= 1 })
    #expect(areas.contains { $0 < 0.25 } && areas.contains { $0 > 0.85 })
  }

  @Test("an image too long for any crop falls back to its centre", arguments: [(1000, 10), (10, 1000), (1, 1)])
  func fallback(width: Int, height: Int) {
    var stream = RandomStream(seed: 3, purpose: .crop, epoch: 0, index: 0)
    let plan = RandomResizedCrop(size: 16).plan(width: width, height: height, stream: &stream)
    switch (width, height) {
    case (1000, 10): #expect((plan.left, plan.top, plan.width, plan.height) == (493, 0, 13, 10))
    case (10, 1000): #expect((plan.left, plan.top, plan.width, plan.height) == (0, 493, 10, 13))
    default: #expect((plan.left, plan.top, plan.width, plan.height) == (0, 0, 1, 1))
    }
  }

  @Test("fine-tuning's crops are smaller, and a feed says which")
  func feedCrops() {
    let feed = ImageFeed(side: 16, crop: .finetuning)
    #expect(RandomResizedCrop(feed).interpolation == .bilinear && CenterCrop(feed).interpolation == .bilinear)
    var smallest = 1.0
    for index in 0..<2000 {
      var stream = RandomStream(seed: 3, purpose: .crop, epoch: 0, index: index)
      let plan = RandomResizedCrop(feed).plan(width: 400, height: 360, stream: &stream)
      smallest = min(smallest, Double(plan.width * plan.height) / (400 * 360))
    }
    #expect(smallest > 0.078 && smallest < 0.1)
  }

  @Test("the evaluation crop resizes the shorter side and takes the middle")
  func centre() {
    let wide = CenterCrop(size: 448).plan(width: 512, height: 420)
    #expect((wide.resizedWidth, wide.resizedHeight, wide.windowLeft, wide.windowTop) == (546, 448, 49, 0))
    let tall = CenterCrop(size: 448).plan(width: 100, height: 101)
    #expect((tall.resizedWidth, tall.resizedHeight, tall.windowLeft, tall.windowTop) == (448, 452, 0, 2))
    let square = CenterCrop(size: 32).plan(width: 64, height: 64)
    #expect((square.resizedWidth, square.resizedHeight, square.windowLeft, square.windowTop) == (32, 32, 0, 0))
  }
}
