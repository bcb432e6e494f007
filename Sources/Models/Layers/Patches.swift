import Frontend

/// The order of the values of one patch.
public enum PatchOrder {
  /// (channel, row, column): that of a convolution's weight.
  case channelFirst
  /// (row, column, channel): that of the predicted pixels.
  case channelLast
}

/// Images `[B, C, H, W]` as patches `[B, (H/p)·(W/p), C·p·p]`, row by row.
public func patchify(_ image: Tensor, _ side: Int, _ order: PatchOrder) -> Tensor {
  let (batch, channels) = (image.shape[0], image.shape[1])
  let (rows, columns) = (image.shape[2] / side, image.shape[3] / side)
  let split = image.reshaped([batch, channels, rows, side, columns, side])
  let ordered =
    switch order {
    case .channelFirst: split.transposed([0, 2, 4, 1, 3, 5])
    case .channelLast: split.transposed([0, 2, 4, 3, 5, 1])
    }
  return ordered.reshaped([batch, rows * columns, side * side * channels])
}
