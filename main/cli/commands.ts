import { bench, verify } from './bundle-commands.ts'
import { cad, render, renderUsage } from './cad.ts'
import { demo } from './demo.ts'
import { devices, settings } from './device-commands.ts'
import { gap } from './gap.ts'
import { exportModel, predict } from './model-commands.ts'
import { importImages, newProject, report, status } from './project-commands.ts'
import { run } from './run.ts'
import { serve, serveUsage } from './serve.ts'
import { cameras, captureFrames, watch } from './source-commands.ts'
import { ui } from './ui.ts'
import { statusText } from './status-text.ts'
import type { ProjectStatus } from '../../preload/contract/model.ts'

/** What a command gives back: an object for `--json`, and the same in words. */
export interface Answer {
  readonly data: unknown
  readonly text: string
  /** What was looked at is not as it should be: exit code 1. */
  readonly failed?: boolean
}
export type Say = (line: string) => void
export interface Command {
  readonly usage: string
  readonly help: string
  readonly run: (args: readonly string[], say: Say) => Promise<Answer>
}

/** Every command of the command line, once. */
export const commands: Readonly<Record<string, Command>> = {
  new: { usage: 'new P', help: 'Makes a project in the folder P (P.maskwright where P has no ending).', run: newProject },
  import: {
    usage: 'import renders|photos|truth P DIR [--format auto|index|coco|voc|yolo|bop] [--tags FILE] [--classes FILE]',
    help: 'Takes renders with masks, tagged photos, or truth masks (evaluation only) into a project; datasets made elsewhere are known by their shape.', run: importImages,
  },
  cad: { usage: 'cad FILE [--unit mm|cm|m|inch]', help: 'Tells what a CAD file holds: parts, size, unit, open edges, volume.', run: cad },
  render: { usage: renderUsage, help: 'Makes renders with exact masks from a CAD file; "settings" lists what --set takes.', run: render },
  gap: { usage: 'gap P', help: 'Measures how far renders are from photos, and names the settings of renders that would close it.', run: gap },
  watch: {
    usage: 'watch P DIR --tag NAME|--background|--tags-from-folder', help: 'Takes the photos that another program writes into DIR, until Ctrl-C.', run: watch,
  },
  cameras: { usage: 'cameras', help: 'Lists the cameras that GStreamer reaches, with exposure and gain, and what is missing.', run: cameras },
  capture: {
    usage: 'capture P --camera ID --tag NAME|--background [--count N] [--every S] [--exposure US] [--gain DB] [--lock]',
    help: 'Takes photos of a camera straight into a project: genicam:NAME, v4l2:/dev/video0 or rtsp://HOST/PATH.', run: captureFrames,
  },
  run: {
    usage: 'run P [--preset maskwright|quick|paper|scenario] [--rounds N] [--seed N] [--device auto|cpu|webgpu|dml|cuda|coreml|tfjs-node-gpu]\n'
      + '      [--from STEP] [--to STEP] [--fresh] [--set key=value]...',
    help: 'Trains; Ctrl-C stops cleanly and the same command goes on.',
    run: async (args, say) => {
      const data = (await run(args, say)) as ProjectStatus
      return { data, text: statusText({ ...data, runs: data.runs.slice(-1) }) }
    },
  },
  status: { usage: 'status P', help: 'Tells what a project holds and how its runs score.', run: status },
  report: { usage: 'report P --out DIR [--run ID]', help: 'Writes report.html with tables, curves and pictures, and metrics.csv.', run: report },
  export: {
    usage: 'export P --out DIR [--run ID] [--round N] [--precision float32|float16|int8] [--looks all|one] [--batch N|dynamic] [--size WxH|dynamic]',
    help: 'Writes a folder with model.onnx, checked against the trained network, its card, samples and consumer programs.', run: exportModel,
  },
  verify: { usage: 'verify DIR', help: 'Checks an exported folder: hashes, card, labels, and the model on its samples.', run: verify },
  bench: {
    usage: 'bench MODEL [--device cpu|webgpu|dml|cuda|coreml] [--threads 1,2] [--batch 1,4] [--size WxH] [--seconds N]',
    help: 'Measures latency, throughput and memory of an exported model.', run: bench,
  },
  predict: { usage: 'predict MODEL IMAGE|DIR... --out DIR', help: 'Writes a class-index PNG and an overlay of every image.', run: predict },
  serve: { usage: serveUsage, help: 'Runs an exported model beside the camera: HTTP, a hot folder, lines, MQTT; pass or fail by rules.', run: serve },
  devices: { usage: 'devices', help: 'Lists the devices that could train, and why one is or is not used.', run: devices },
  settings: { usage: 'settings', help: 'Lists every setting with default, range, unit and help.', run: settings },
  ui: { usage: 'ui [P] [--port N] [--open]', help: 'Serves the desktop to a browser on this machine, under an address that works once.', run: ui },
  demo: { usage: 'demo [--out DIR]', help: 'Walks the sample line from import to predictions; writes to out/demo.', run: demo },
}

export function help(): string {
  const lines = Object.values(commands).map(({ usage, help: text }) => `  ${usage}\n      ${text}`)
  return `Maskwright: segmentation models for workpieces from CAD renders and tagged photos.\n\n${lines.join('\n')}\n
With --json a command prints one JSON object; everything else goes to stderr. Exit code 0 only on success.\n`
}
