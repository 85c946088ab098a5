import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/error.ts'
import { openCodec, type Codec } from '../../main/core/image/codec.ts'
import { namesOfYaml } from '../../main/steps/datasets/yolo.ts'
import { importAny, importLabelled } from '../../main/steps/import-images.ts'
import { openStore, type Store } from '../../main/store/index.ts'
import { openTruth } from '../../main/store/truth.ts'
import { greyPng, openPainter, png, type Painter } from '../core/image/picture-files.ts'

let codec: Codec
let painter: Painter
let root: string
let dir: string
let store: Store
beforeAll(async () => {
  codec = await openCodec()
  painter = await openPainter()
})
afterAll(() => codec.close())
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maskwright-datasets-'))
  dir = join(root, 'in')
  mkdirSync(dir)
  store = openStore(join(root, 'p.maskwright'), { create: true })
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true, force: true })
})

function put(name: string, content: Uint8Array | string | object): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true })
  writeFileSync(join(dir, name), typeof content === 'object' && !(content instanceof Uint8Array) ? JSON.stringify(content) : content)
}
let serial = 0
/** A picture of 6 x 4 pixels, no two alike. */
const picture = (suffix = '.jpg') => painter.paint(6, 4, (x) => [++serial % 256, (serial >> 8) % 256, x * 20], suffix)
const renders = () => importLabelled(store, codec, 'renders', dir)
const rowsOf = ({ data, width, height }: { data: Uint8Array; width: number; height: number }) =>
  Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].join(' '))
const maskOf = (name: string) => rowsOf(store.masks.ofRender(store.images.findByName('render', name)[0].id))
const box = [1, 1, 4, 1, 4, 3, 1, 3]

describe('COCO', () => {
  const categories = [{ id: 3, name: 'gear' }, { id: 90, name: 'cap' }]
  it('takes outlines, both kinds of run lengths, crowds as ignore, gaps in the ids and pictures in folders', async () => {
    put('images/day/0.jpg', picture())
    put('images/night/0.jpg', picture())
    put('images/2.jpg', picture())
    put('annotations/instances.json', {
      images: [{ id: 7, file_name: 'day/0.jpg', width: 6, height: 4 }, { id: 'b', file_name: 'night\\0.jpg' }, { id: 9, file_name: './images/2.jpg' }],
      categories,
      annotations: [
        { image_id: 7, category_id: 90, segmentation: [box] },
        { image_id: 'b', category_id: 3, iscrowd: 0, segmentation: { size: [4, 6], counts: '5220007' } },
        { image_id: 'b', category_id: 90, iscrowd: 1, segmentation: { size: [4, 6], counts: [0, 6, 18] } },
        { image_id: 9, category_id: 3, segmentation: [box] },
        { image_id: 9, category_id: 90, segmentation: [[1, 1, 2, 1, 2, 3, 1, 3]] },
      ],
    })
    expect(await renders()).toEqual({ added: 3, duplicates: 0, issues: [] })
    expect(store.workpieces.list().map(({ name, classIndex }) => [name, classIndex])).toEqual([['cap', 1], ['gear', 2]])
    expect(maskOf('images/day/0.jpg')).toEqual(['0 0 0 0 0 0', '0 1 1 1 0 0', '0 1 1 1 0 0', '0 0 0 0 0 0'])
    expect(maskOf('images/night/0.jpg')).toEqual(['255 255 0 0 0 0', '255 2 2 2 0 0', '255 2 2 2 0 0', '255 0 0 0 0 0'])
    expect(maskOf('images/2.jpg')[1]).toBe('0 1 2 2 0 0')
    expect(await renders()).toEqual({ added: 0, duplicates: 3, issues: [] })
  })

  it('tells every oddity in a sentence and takes the rest', async () => {
    put('0.jpg', picture())
    put('wide.jpg', picture())
    put('more.jpg', picture())
    put('labels.json', {
      images: [{ id: 1, file_name: '0.jpg' }, { id: 2, file_name: 'gone.jpg' }, { id: 3, file_name: 'wide.jpg', width: 640, height: 480 }],
      categories,
      annotations: [
        { image_id: 1, category_id: 3, segmentation: [box] },
        { image_id: 1, category_id: 8, segmentation: [[0, 0, 1, 0, 1, 1, 0, 1]] },
        { image_id: 1, category_id: 3, segmentation: [[20, 20, 30, 20, 30, 30]] },
        { image_id: 1, category_id: 3, segmentation: [[-9, 3, 1, 3, 1, 4, -9, 4]] },
        { image_id: 1, category_id: 3, segmentation: [[1, 1, 2, 2]] },
        { image_id: 1, category_id: 3, segmentation: { size: [480, 640], counts: [1] } },
        { image_id: 1, category_id: 3, segmentation: { size: [4, 6], counts: '5 2' } },
        { image_id: 1, category_id: 3, bbox: [0, 0, 2, 2] },
        { image_id: 55, category_id: 3, segmentation: [box] },
      ],
    })
    const { added, issues } = await renders()
    expect(added).toBe(1)
    expect(issues.map(({ message }) => message.replace(dir, ''))).toEqual([
      '/labels.json lists the picture gone.jpg, which is not in the folder.',
      '1 annotation of /labels.json belongs to no picture of its list.',
      'The picture more.jpg is in no list of the dataset.',
      'The picture wide.jpg is 6 x 4, its dataset says 640 x 480.',
      '0.jpg has outlines of the category 8, which the dataset does not name; these count as ignore.',
      'An outline of 0.jpg lies wholly outside the picture and was passed over.',
      'An outline of 0.jpg reaches out of the picture and was cut off at its border.',
      'An annotation of 0.jpg has an outline of fewer than three points; it was passed over.',
      'An annotation of 0.jpg is a mask of 640 x 480 pixels, its picture of 6 x 4; it was passed over.',
      'An annotation of 0.jpg is broken (expected the characters of run lengths, got others); it was passed over.',
      'An annotation of 0.jpg has no outline and no mask; it was passed over.',
    ])
    expect(maskOf('0.jpg')).toEqual(['255 0 0 0 0 0', '0 1 1 1 0 0', '0 1 1 1 0 0', '1 0 0 0 0 0'])
  })

  it('becomes truth of the photos that are here, and brings those that are not', async () => {
    const known = picture()
    put('images/0.jpg', known)
    put('images/1.jpg', picture())
    put('all.json', {
      images: [{ id: 1, file_name: '0.jpg' }, { id: 2, file_name: '1.jpg' }], categories,
      annotations: [{ image_id: 1, category_id: 3, segmentation: [box] }, { image_id: 2, category_id: 90, segmentation: [box] }],
    })
    const gear = store.workpieces.ensure('gear')
    const sha256 = store.blobs.put(known)
    const id = store.images.add({ kind: 'photo', name: 'bench/x.jpg', group: 'bench', width: 6, height: 4, sha256, workpieceIds: [gear.id] })
    const result = await importLabelled(store, codec, 'truth', dir)
    expect(result).toMatchObject({ added: 2, duplicates: 0 })
    expect(result.issues.map(({ message }) => message)).toEqual(['Drawn masks show cap, which is no workpiece of the project; it counts as background.'])
    expect(rowsOf(openTruth(store).labels(id))[1]).toBe('0 1 1 1 0 0')
    expect(store.images.list({ kind: 'photo' }).map(({ name, tags, hasTruth }) => [name, tags, hasTruth])).toEqual([['bench/x.jpg', ['gear'], true], ['images/1.jpg', [], true]])
    expect(await importLabelled(store, codec, 'truth', dir)).toMatchObject({ added: 0, duplicates: 2 })
  })

  it('refuses a list that is none', async () => {
    put('0.jpg', picture())
    put('x.json', '{"images": [], "annotations": [')
    await expect(renders()).rejects.toMatchObject({ data: { code: 'dataset-unreadable' } })
    put('x.json', { images: [{ id: 1 }], annotations: [], categories: [] })
    await expect(renders()).rejects.toThrow(/at images > 0 > file_name/)
  })
})

describe('VOC', () => {
  const mask = png({ colourType: 3, bitDepth: 8, width: 6, rows: [[0, 0, 0, 0, 0, 0], [0, 255, 255, 255, 255, 0], [0, 255, 2, 2, 255, 0], [0, 1, 0, 0, 0, 0]], palette: Array(768).fill(9) })
  it('takes palette masks whose border is ignore, wherever the folder lies', async () => {
    put('VOCdevkit/line/JPEGImages/0.jpg', picture())
    put('VOCdevkit/line/JPEGImages/boxes.jpg', picture())
    put('VOCdevkit/line/SegmentationClass/0.png', mask)
    put('VOCdevkit/line/SegmentationClass/alone.png', mask)
    put('VOCdevkit/line/labelmap.txt', '# label:color_rgb:parts:actions\nbackground:0,0,0::\ngear:128,0,0::\ncap:0,128,0::\n')
    const { added, issues } = await renders()
    expect(added).toBe(1)
    expect(maskOf('VOCdevkit/line/JPEGImages/0.jpg')).toEqual(['0 0 0 0 0 0', '0 255 255 255 255 0', '0 255 2 2 255 0', '0 1 0 0 0 0'])
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['gear', 'cap'])
    expect(issues.map(({ message }) => message)).toEqual([
      'The labels SegmentationClass/alone.png have no picture.', 'The picture JPEGImages/boxes.jpg has no mask in SegmentationClass.',
    ])
  })
  it('knows the classes of the challenge by the name of its folder, and asks for names elsewhere', async () => {
    put('VOC2012/JPEGImages/0.jpg', picture())
    put('VOC2012/SegmentationClass/0.png', mask)
    expect((await renders()).added).toBe(1)
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['aeroplane', 'bicycle'])
    rmSync(join(dir, 'VOC2012'), { recursive: true })
    put('JPEGImages/0.jpg', picture())
    put('SegmentationClass/0.png', mask)
    await expect(renders()).rejects.toBeInstanceOf(AppError)
  })
})

describe('YOLO', () => {
  it('takes outlines in shares of the picture', async () => {
    put('data.yaml', 'path: .\ntrain: images/train\nnc: 2\nnames:\n  0: gear # big\n  1: "cap"\nextra: 1\n')
    for (const name of ['0', 'empty', 'box', 'broken', 'missing']) put(`images/train/${name}.jpg`, picture())
    put('labels/train/0.txt', `1 ${[1 / 6, 0.25, 4 / 6, 0.25, 4 / 6, 0.75, 1 / 6, 0.75].join(' ')}\n7 0 0 0.17 0 0.17 0.25 0 0.25\n`)
    put('labels/train/empty.txt', '')
    put('labels/train/box.txt', '0 0.5 0.5 0.2 0.2\n')
    put('labels/train/broken.txt', '0 a b c\n')
    put('labels/train/left.txt', '')
    const { added, issues } = await renders()
    expect(added).toBe(1)
    expect(maskOf('images/train/0.jpg')).toEqual(['255 0 0 0 0 0', '0 1 1 1 0 0', '0 1 1 1 0 0', '0 0 0 0 0 0'])
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['cap'])
    expect(issues.map(({ code, file }) => `${code} ${file}`).sort()).toEqual([
      'classes-unreadable images/train/0.jpg', 'mask-empty images/train/box.jpg', 'mask-empty images/train/empty.jpg', 'mask-missing images/train/missing.jpg',
      'mask-unreadable images/train/box.jpg', 'mask-unreadable labels/train/broken.txt', 'not-found labels/train/left.txt',
    ])
  })
  it('as truth, an empty file says that nothing is there', async () => {
    put('classes.txt', 'gear\n')
    put('train/images/0.jpg', picture())
    put('train/labels/0.txt', '')
    expect(await importLabelled(store, codec, 'truth', dir)).toEqual({ added: 1, duplicates: 0, issues: [] })
    expect(store.images.list()[0]).toMatchObject({ name: 'train/images/0.jpg', tags: [], hasTruth: true })
  })
  it('reads names in each way YAML writes them', () => {
    for (const text of ['names: [gear, "cap"]', "names: {0: gear, 1: 'cap'}", 'nc: 2\nnames:\n- gear\n- cap\ntrain: x', 'names:\n  0: gear\n\n  1: cap\n'])
      expect([...namesOfYaml(text)], text).toEqual([[0, 'gear'], [1, 'cap']])
    expect(namesOfYaml('nc: 2').size).toBe(0)
  })
})

describe('BOP', () => {
  it('takes the visible masks of every object of a scene', async () => {
    put('train_pbr/000000/scene_gt.json', { 0: [{ obj_id: 5, cam_t_m2c: [0, 0, 1] }, { obj_id: 2 }], 1: [{ obj_id: 2 }], 2: [{ obj_id: 2 }] })
    put('train_pbr/000000/rgb/000000.jpg', picture())
    put('train_pbr/000000/rgb/000001.png', picture('.png'))
    put('train_pbr/000000/mask_visib/000000_000000.png', greyPng([[255, 255, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]))
    put('train_pbr/000000/mask_visib/000000_000001.png', greyPng([[0, 0, 255, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]))
    put('train_pbr/000000/mask/000000_000000.png', greyPng([[9]]))
    put('classes.json', { 2: 'gear' })
    const { added, issues } = await importAny(store, codec, [dir], { kind: 'auto', tags: null })
    expect(added).toBe(1)
    expect(maskOf('train_pbr/000000/rgb/000000.jpg')[0]).toBe('2 2 1 0 0 0')
    expect(store.workpieces.list().map(({ name }) => name)).toEqual(['gear', 'object 5'])
    expect(issues.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'not-found train_pbr/000000/rgb/000002.png', 'mask-missing train_pbr/000000/rgb/000001.png',
    ])
  })
})
