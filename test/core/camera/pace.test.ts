import { expect, it } from 'vitest'
import { openPace } from '../../../main/core/camera/pace.ts'

const taken = (everyS: number | undefined, times: readonly number[]) => {
  const due = openPace(everyS)
  return times.filter((time) => due(time))
}

it('takes one picture every so often, without drift', () => {
  const times = Array.from({ length: 21 }, (_, i) => 50 + 200 * i)
  expect(taken(1, times)).toEqual([50, 1050, 2050, 3050, 4050])
  expect(taken(0.7, [0, 190, 410, 620, 830, 1010, 1230, 1390, 1600, 2020])).toEqual([0, 620, 1390, 2020])
})
it('begins anew after a pause, and takes every picture where none is to be left out', () => {
  expect(taken(1, [0, 1000, 9000, 9200, 10_000])).toEqual([0, 1000, 9000, 10_000])
  expect(taken(undefined, [0, 1, 2])).toEqual([0, 1, 2])
  expect(taken(0.2, [0, 150, 390])).toEqual([0, 150, 390])
})
