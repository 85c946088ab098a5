/** Programs in Python that go with a model. */

export const python = String.raw`"""Runs the model on sample photos, or on one of yours, and compares with the expected masks.

    pip install onnxruntime
    python run.py                        every sample
    python run.py PHOTO.png [MASK.png]   one photo; without a mask, prints the share of each class

Only numpy and onnxruntime are used: png.py takes 8-bit PNG. For JPEG: numpy.asarray(PIL.Image.open(path).convert("RGB")).
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort

from png import read_png

BUNDLE = Path(__file__).resolve().parents[2]
CARD = json.loads((BUNDLE / "model-card.json").read_text(encoding="utf-8"))
LIMIT = 0.001  # other processors round differently at the border of two classes


def predict(session, photo):
    """Labels uint8 [height, width] and confidence float32 of an RGB photo."""
    batch = session.get_inputs()[0].shape[0]
    image = np.repeat(photo[None, :, :, :3], batch if isinstance(batch, int) else 1, axis=0)
    labels, confidence = session.run(["labels", "confidence"], {"image": np.ascontiguousarray(image)})
    return labels[0], confidence[0]


def main(words):
    session = ort.InferenceSession(str(BUNDLE / "model.onnx"), providers=["CPUExecutionProvider"])
    samples = [(BUNDLE / s["photo"], BUNDLE / s["mask"]) for s in CARD["samples"]]
    worst = 0.0
    for photo, *mask in [words] if words else samples:
        labels, confidence = predict(session, read_png(photo))
        shares = {c["name"]: float((labels == c["index"]).mean()) for c in CARD["classes"]}
        print(photo, {name: round(share, 4) for name, share in shares.items() if share}, f"confidence {confidence.mean():.3f}")
        if mask:
            differing = float((labels != read_png(mask[0])[:, :, 0]).mean())
            worst = max(worst, differing)
            print(f"  {differing:.4%} of the pixels differ from the expected mask")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
`

export const png = String.raw`"""Reads PNG with numpy alone."""
import struct
import zlib
from pathlib import Path

import numpy as np


def read_png(path):
    """An 8-bit PNG that is not interlaced, as uint8 [height, width, channels]."""
    data = Path(path).read_bytes()
    at, packed, head = 8, b"", None
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IHDR":
            head = struct.unpack_from(">IIBBBBB", data, at + 8)
        elif kind == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += 12 + size
    width, height, depth, colour, _, _, interlaced = head
    if depth != 8 or interlaced or colour not in (0, 2, 4, 6):
        raise SystemExit(f"{path}: expected an 8-bit grey or RGB PNG")
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    lines = zlib.decompress(packed)
    stride = width * channels
    before = bytearray(stride)
    out = bytearray()
    for y in range(height):
        start = y * (stride + 1)
        way, line = lines[start], bytearray(lines[start + 1 : start + 1 + stride])
        for i in range(stride) if way else ():
            left = line[i - channels] if i >= channels else 0
            up = before[i]
            corner = before[i - channels] if i >= channels else 0
            if way == 1:
                guess = left
            elif way == 2:
                guess = up
            elif way == 3:
                guess = (left + up) // 2
            else:
                p = left + up - corner
                a, b, c = abs(p - left), abs(p - up), abs(p - corner)
                guess = left if a <= b and a <= c else up if b <= c else corner
            line[i] = (line[i] + guess) & 255
        out += line
        before = line
    return np.frombuffer(bytes(out), np.uint8).reshape(height, width, channels)
`

export const openvinoProgram = String.raw`"""Runs the model in OpenVINO on the sample photos and compares with the expected masks. pip install openvino"""
import json
import sys
from pathlib import Path

import openvino as ov

BUNDLE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(BUNDLE / "consumers" / "python"))
from png import read_png

card = json.loads((BUNDLE / "model-card.json").read_text(encoding="utf-8"))
core = ov.Core()
worst = 0.0
for sample in card["samples"]:
    photo = read_png(BUNDLE / sample["photo"])
    model = core.read_model(BUNDLE / "model.onnx")
    model.reshape([1, *photo.shape])
    labels = core.compile_model(model, "CPU")({"image": photo[None]})["labels"][0]
    differing = float((labels != read_png(BUNDLE / sample["mask"])[:, :, 0]).mean())
    worst = max(worst, differing)
    print(sample["photo"], f"{differing:.4%} of the pixels differ from the expected mask")
sys.exit(int(worst > 0.005))
`
