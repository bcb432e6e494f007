"""Writes the image samples and what Pillow makes of them: images.json (sizes and hashes), resample.json (pixels).

Run with Pillow and numpy: python make_images.py. The pictures are made here, from formulas.
"""
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
W, H = 37, 29


def pattern(height, width, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels].astype(float)
    value = 128 + 70 * np.sin(x / 3.1 + c) * np.cos(y / 4.3 - c) + 1.7 * (x - y) + 12 * ((x.astype(int) // 5) % 2)
    return np.clip(np.round(value), 0, 255).astype(np.uint8)


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return f"{value:016x}"


def pack(samples, depth):
    """Rows of samples [h, w, c] to PNG scanlines of a bit depth."""
    rows = []
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            rows.append(b"".join(struct.pack(">H", int(v)) for v in row))
        elif depth == 8:
            rows.append(bytes(int(v) for v in row))
        else:
            bits = "".join(f"{int(v):0{depth}b}" for v in row)
            bits += "0" * (-len(bits) % 8)
            rows.append(bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
    return b"".join(b"\0" + row for row in rows)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(name, samples, depth, colour, palette=None, transparency=None, interlaced=False):
    height, width, _ = samples.shape

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    if interlaced:
        raw = b"".join(pack(samples[y0::dy, x0::dx], depth) for x0, y0, dx, dy in ADAM7 if samples[y0::dy, x0::dx].size)
    else:
        raw = pack(samples, depth)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    if palette is not None:
        data += chunk(b"PLTE", palette.tobytes())
    if transparency is not None:
        data += chunk(b"tRNS", transparency)
    data += chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")
    (HERE / name).write_bytes(data)


def main():
    expected = {}

    def expect(name, pixels):
        pixels = np.ascontiguousarray(pixels)
        expected[name] = {"width": pixels.shape[1], "height": pixels.shape[0], "channels": pixels.shape[2],
                          "hash": fnv(pixels.tobytes())}

    grey, rgb, alpha = pattern(H, W, 1), pattern(H, W, 3), pattern(H, W, 4)[:, :, 3:]
    small = pattern(9, 11, 1)
    for depth in (1, 2, 4):
        levels = small >> (8 - depth)
        png(f"grey{depth}.png", levels, depth, 0)
        expect(f"grey{depth}.png", levels * (255 // (2**depth - 1)))
    png("grey8.png", grey, 8, 0)
    expect("grey8.png", grey)
    wide = small.astype(np.uint16) * 256 + 77
    png("grey16.png", wide, 16, 0)
    expect("grey16.png", np.floor(wide.astype(float) * 255 / 65535 + 0.5).astype(np.uint8))
    png("grey8-transparent.png", small, 8, 0, transparency=struct.pack(">H", int(small[0, 0, 0])))
    expect("grey8-transparent.png", small)
    png("grey8-alpha.png", np.concatenate([grey, alpha], 2), 8, 4)
    expect("grey8-alpha.png", grey)
    png("grey8-interlaced.png", grey, 8, 0, interlaced=True)
    expect("grey8-interlaced.png", grey)
    png("rgb8.png", rgb, 8, 2)
    expect("rgb8.png", rgb)
    png("rgb8-alpha.png", np.concatenate([rgb, alpha], 2)[:9, :11], 8, 6)
    expect("rgb8-alpha.png", rgb[:9, :11])
    png("rgb8-interlaced.png", rgb[:9, :11], 8, 2, interlaced=True)
    expect("rgb8-interlaced.png", rgb[:9, :11])
    wide = rgb[:5, :7].astype(np.uint16) * 257
    png("rgb16.png", wide, 16, 2)
    expect("rgb16.png", rgb[:5, :7])
    png("rgb8-equal-channels.png", np.repeat(small, 3, 2), 8, 2)
    expect("rgb8-equal-channels.png", small)
    for depth in (1, 2, 4, 8):
        palette = pattern(2**depth, 1, 3)[:, 0][::-1] ^ np.array([0, 85, 170], np.uint8)
        index = small >> (8 - depth)
        transparency = bytes(range(2**depth)) if depth == 2 else None
        png(f"palette{depth}.png", index, depth, 3, palette=palette, transparency=transparency)
        expect(f"palette{depth}.png", palette[index[:, :, 0]])

    def jpeg(name, array, mode, **options):
        Image.fromarray(array, mode).save(HERE / name, "JPEG", quality=90, **options)
        decoded = np.asarray(Image.open(HERE / name).convert("L" if mode == "L" else "RGB"))
        expect(name, decoded.reshape(decoded.shape[0], decoded.shape[1], -1))

    jpeg("grey.jpg", grey[:, :, 0], "L")
    jpeg("grey-progressive.jpg", grey[:, :, 0], "L", progressive=True)
    jpeg("rgb.jpg", rgb, "RGB")
    jpeg("rgb-progressive.jpg", rgb, "RGB", progressive=True, subsampling=0)
    jpeg("cmyk.jpg", pattern(9, 11, 4), "CMYK")
    (HERE / "png-named.jpg").write_bytes((HERE / "grey4.png").read_bytes())
    expected["png-named.jpg"] = expected["grey4.png"]
    (HERE / "images.json").write_text(json.dumps(expected, indent=1) + "\n")

    cases = []

    def resample(name, box, resized, window, size, kernel="bicubic"):
        image = Image.open(HERE / name)
        left, top, width, height = box
        result = image.crop((left, top, left + width, top + height)).resize(resized, Image.Resampling[kernel.upper()])
        result = result.crop((window[0], window[1], window[0] + size, window[1] + size))
        pixels = np.asarray(result).reshape(size, size, -1).transpose(2, 0, 1)
        cases.append({"image": name, "box": box, "resized": resized, "window": window, "size": size,
                      "filter": kernel, "pixels": pixels.flatten().tolist()})

    resample("grey8.png", [0, 0, W, H], [8, 8], [0, 0], 8)
    resample("grey8.png", [5, 3, 7, 9], [16, 16], [0, 0], 16)
    resample("grey8.png", [30, 20, 7, 9], [9, 9], [0, 0], 9)
    resample("grey8.png", [0, 0, W, H], [12 * W // H, 12], [2, 0], 12)
    resample("grey8.png", [2, 2, 20, 20], [20, 20], [0, 0], 20)
    resample("rgb8.png", [1, 2, 33, 21], [10, 10], [0, 0], 10)
    resample("grey8.png", [0, 0, W, H], [8, 8], [0, 0], 8, "bilinear")
    resample("grey8.png", [5, 3, 7, 9], [16, 16], [0, 0], 16, "bilinear")
    resample("grey8.png", [0, 0, W, H], [12 * W // H, 12], [2, 0], 12, "bilinear")
    resample("rgb8.png", [1, 2, 33, 21], [10, 10], [0, 0], 10, "bilinear")
    (HERE / "resample.json").write_text(json.dumps(cases) + "\n")


main()
