import { afterAll, expect, it } from 'vitest'
import { openCodec } from '../../main/core/image/codec.ts'
import { openPredictor } from '../../main/runner/predictor.ts'
import { boxes, tinyModel } from '../helpers/tiny-model.ts'

const tiny = tinyModel()
afterAll(tiny.close)

it('starts anew after its thread broke down, and gives only what is wanted', async () => {
  const codec = await openCodec()
  const bytes = codec.encodePng(boxes([2, 3, 5, 4, 'red']))
  const predictor = await openPredictor({ model: `${tiny.model}/model.onnx`, threads: 1, maxPixels: 10_000, minShare: 0, tolerance: 0 })
  const broken = predictor.predict(null as never)
  await expect(broken).rejects.toMatchObject({ data: { code: 'internal' } })
  const { mask, instances } = await predictor.predict({ bytes, mask: false, instances: true })
  expect([mask, instances]).toMatchObject([undefined, [{ workpiece: 'bolt', area: 20 }]])
  const masked = await predictor.predict({ bytes, mask: true, instances: false })
  expect([codec.decodeIndex(masked.mask!).data.filter((label) => label === 1).length, masked.instances]).toEqual([20, undefined])
  const speck = await predictor.predict({ bytes: codec.encodePng({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }), mask: false, instances: true })
  expect(speck.instances).toMatchObject([{ workpiece: 'bolt', area: 1, share: 1, centroid: [0.5, 0.5] }])
  await predictor.close()
  codec.close()
})
