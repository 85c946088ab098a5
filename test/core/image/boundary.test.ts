import { expect, it } from 'vitest'
import { boundary, classBoundary } from '../../../main/core/image/boundary.ts'

it('marks both sides of a border, and none beside a label that is ignored', () => {
  const map = { width: 4, height: 2, data: Uint8Array.of(1, 1, 2, 255, 1, 1, 1, 255) }
  expect([...classBoundary(map).data]).toEqual([0, 1, 1, 0, 0, 0, 1, 0])
  expect([...boundary(map).data]).toEqual([0, 1, 1, 1, 0, 0, 1, 1])
})
