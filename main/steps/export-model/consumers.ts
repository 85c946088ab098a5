import { openvinoProgram, png, python } from './consumers-python.ts'

/** Short programs and notes that go with a model: each runs it on a photo and compares with the expected mask. */

const node = String.raw`// Runs the model on sample photos, or on one of yours, and compares with the expected masks.
//
//   npm install onnxruntime-node
//   node run.mjs                        every sample
//   node run.mjs PHOTO.png [MASK.png]   one photo; without a mask, prints the share of each class
//
// Only onnxruntime-node is used: readPng takes 8-bit PNG. For JPEG use a decoder of your choice and hand on RGB bytes.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { inflateSync } from 'node:zlib'

const { InferenceSession, Tensor } = createRequire(import.meta.url)('onnxruntime-node')

const bundle = new URL('../../', import.meta.url)
const card = JSON.parse(readFileSync(new URL('model-card.json', bundle), 'utf8'))
const limit = 0.001 // other processors round differently at the border of two classes

/** An 8-bit PNG that is not interlaced: data holds height * width * channels bytes. */
function readPng(path) {
  const bytes = readFileSync(path)
  const packed = []
  let head
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const kind = bytes.toString('latin1', at + 4, at + 8)
    const body = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at))
    if (kind === 'IHDR') head = body
    if (kind === 'IDAT') packed.push(body)
  }
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
  const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[head[9]]
  if (head[8] !== 8 || head[12] !== 0 || !channels) throw new Error(path + ': expected an 8-bit grey or RGB PNG')
  const lines = inflateSync(Buffer.concat(packed))
  const stride = width * channels
  const data = new Uint8Array(height * stride)
  for (let y = 0; y < height; y++) {
    const way = lines[y * (stride + 1)]
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i
      const left = i >= channels ? data[at - channels] : 0
      const up = y > 0 ? data[at - stride] : 0
      const corner = i >= channels && y > 0 ? data[at - stride - channels] : 0
      data[at] = lines[y * (stride + 1) + 1 + i] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][way]
    }
  }
  return { width, height, channels, data }
}

function paeth(left, up, corner) {
  const p = left + up - corner
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

/** Labels and confidence, one a pixel, of an RGB photo. */
async function predict(session, { width, height, channels, data }) {
  const [first] = session.inputMetadata[0].shape
  const batch = typeof first === 'number' ? first : 1
  const pixels = width * height
  const image = new Uint8Array(batch * pixels * 3)
  for (let i = 0; i < batch * pixels; i++) for (let c = 0; c < 3; c++) image[3 * i + c] = data[(i % pixels) * channels + Math.min(c, channels - 1)]
  const { labels, confidence } = await session.run({ image: new Tensor('uint8', image, [batch, height, width, 3]) })
  return { labels: labels.data.subarray(0, pixels), confidence: confidence.data.subarray(0, pixels) }
}

const session = await InferenceSession.create(readFileSync(new URL('model.onnx', bundle)))
const words = process.argv.slice(2)
const samples = card.samples.map(({ photo, mask }) => [new URL(photo, bundle), new URL(mask, bundle)])
let worst = 0
for (const [photo, mask] of words.length > 0 ? [words] : samples) {
  const { labels } = await predict(session, readPng(photo))
  const shares = card.classes.map(({ index, name }) => [name, labels.reduce((n, label) => n + (label === index), 0) / labels.length])
  console.log(String(photo), Object.fromEntries(shares.filter(([, share]) => share > 0)))
  if (!mask) continue
  const expected = readPng(mask).data
  const differing = labels.reduce((n, label, i) => n + (label !== expected[i]), 0) / labels.length
  worst = Math.max(worst, differing)
  console.log('  ' + (differing * 100).toFixed(4) + ' % of the pixels differ from the expected mask')
}
process.exitCode = worst > limit ? 1 : 0
`

const cpp = String.raw`// Runs the model on a photo and compares with the expected mask. Needs ONNX Runtime 1.14 or newer and OpenCV 4.
//
//   g++ -std=c++17 run.cpp -o run $(pkg-config --cflags --libs opencv4) -I ORT/include -L ORT/lib -lonnxruntime
//   ./run ../../model.onnx ../../samples/1.png ../../samples/1_mask.png
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <onnxruntime_cxx_api.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: run MODEL PHOTO MASK\n");
    return 2;
  }
  cv::Mat photo = cv::imread(argv[2], cv::IMREAD_COLOR);
  const cv::Mat expected = cv::imread(argv[3], cv::IMREAD_GRAYSCALE);
  if (photo.empty() || expected.empty()) {
    std::fprintf(stderr, "cannot read the pictures\n");
    return 2;
  }
  cv::cvtColor(photo, photo, cv::COLOR_BGR2RGB);

  Ort::Env env(ORT_LOGGING_LEVEL_WARNING, "maskwright");
  Ort::SessionOptions options;
  options.SetGraphOptimizationLevel(GraphOptimizationLevel::ORT_ENABLE_ALL);
  const std::filesystem::path file(argv[1]);
  Ort::Session session(env, file.c_str(), options);

  // uint8 RGB [1, height, width, 3]; a model written with a fixed batch wants as many photos one behind the other.
  const std::array<int64_t, 4> shape{1, photo.rows, photo.cols, 3};
  const Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  const Ort::Value image = Ort::Value::CreateTensor<uint8_t>(memory, photo.data, photo.total() * 3, shape.data(), shape.size());
  const char* inputs[] = {"image"};
  const char* outputs[] = {"labels", "confidence"};
  auto results = session.Run(Ort::RunOptions{nullptr}, inputs, &image, 1, outputs, 2);

  const cv::Mat labels(photo.rows, photo.cols, CV_8UC1, results[0].GetTensorMutableData<uint8_t>());
  const double differing = cv::countNonZero(labels != expected) / static_cast<double>(labels.total());
  std::printf("%.4f %% of the pixels differ from the expected mask\n", 100 * differing);
  return differing > 0.001;
}
`

const openvino = String.raw`# OpenVINO

OpenVINO 2023.1 or newer reads model.onnx as it is (float32, float16 and int8).

    pip install openvino
    python openvino_run.py

The model is most at home with a fixed shape: export it with "--batch 1 --size WxH", or give the shape once it is read, as the program does.
`

const halcon = String.raw`# HALCON

HALCON's own read_dl_model takes ONNX models with restrictions (a list of operators, float input) that differ from release to release; this
model resizes, normalises and decides within itself, which is beyond them. Call it through ONNX Runtime and hand the mask to HALCON: the model
keeps to what was reviewed, and HALCON goes on with regions as ever.

C++ (HALCON/C++ and ONNX Runtime; ../cpp/run.cpp shows the session):

    HObject image;                       // byte, three channels, R G B
    HTuple r, g, b, type, width, height;
    GetImagePointer3(image, &r, &g, &b, &type, &width, &height);
    const Hlong w = width.L(), h = height.L();
    std::vector<uint8_t> rgb(3 * w * h);
    const auto* planes[3] = {reinterpret_cast<uint8_t*>(r.L()), reinterpret_cast<uint8_t*>(g.L()), reinterpret_cast<uint8_t*>(b.L())};
    for (Hlong i = 0; i < w * h; ++i)
      for (int c = 0; c < 3; ++c) rgb[3 * i + c] = planes[c][i];
    // session.Run with rgb as uint8 [1, h, w, 3]; labels = results[0].GetTensorMutableData<uint8_t>()
    HObject mask, region;
    GenImage1(&mask, "byte", w, h, reinterpret_cast<Hlong>(labels));
    Threshold(mask, &region, 1, 1);      // the workpiece with index 1 of labels.json

To check: ReadImage samples/1.png, run, and compare with samples/1_mask.png by AbsDiffImage and AreaCenter of what is not 0.
`

const readme = String.raw`# The model and how to run it

Input "image": uint8 RGB [N, H, W, 3], as the camera gives it; resizing and normalisation are inside. Outputs "labels": uint8 [N, H, W], the index of
the class (../labels.json); "confidence": float32 [N, H, W], its probability.

| folder | runs with |
| --- | --- |
| python | Python and onnxruntime |
| node | Node.js and onnxruntime-node |
| cpp | C++, ONNX Runtime, OpenCV |
| openvino | Python and OpenVINO |
| halcon | HALCON and ONNX Runtime |

Each compares with the expected masks in ../samples. "maskwright verify" checks the whole folder, "sha256sum -c SHA256SUMS" its files.
`

/** By their path in the folder of a model. */
export const consumers: Readonly<Record<string, string>> = {
  'consumers/README.md': readme,
  'consumers/python/run.py': python,
  'consumers/python/png.py': png,
  'consumers/node/run.mjs': node,
  'consumers/cpp/run.cpp': cpp,
  'consumers/openvino/README.md': openvino,
  'consumers/openvino/openvino_run.py': openvinoProgram,
  'consumers/halcon/README.md': halcon,
}
