import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { onnxExecutor } from '../../../main/core/engine/onnxruntime.ts'
import type { Tensors } from '../../../main/core/engine/types.ts'

it('takes a graph from the cache under the same key and signature alone', async () => {
  const executor = onnxExecutor('cpu', { threads: 1 })
  let traced = 0
  const twice = ({ x }: Tensors) => {
    traced++
    return { y: tf.mul(x, 2) }
  }
  const signature = (length: number) => ({ inputs: { x: { shape: [length] } } })
  const first = await executor.compile(twice, signature(2), 'twice')
  const afterFirst = traced
  const second = await executor.compile(twice, signature(2), 'twice')
  expect(traced).toBe(afterFirst)
  expect((await second.run({ x: Float32Array.of(1, 4) })).y).toEqual(Float32Array.of(2, 8))
  await executor.compile(twice, signature(3), 'twice')
  expect(traced).toBeGreaterThan(afterFirst)
  const before = traced
  await executor.compile(twice, signature(2))
  expect(traced).toBeGreaterThan(before)
  expect((await first.run({ x: Float32Array.of(3, 5) })).y).toEqual(Float32Array.of(6, 10))
  await executor.dispose()
})
