// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { assets, calls, events } from '../../preload/contract/api.ts'
import { AppError } from '../../preload/contract/error.ts'
import { base64Of, call, useDoor } from '../../renderer/api.ts'
import { random } from '../../main/core/random.ts'
import { createFake } from './fake-api.ts'

describe('the contract', () => {
  it('names calls and events as thing:verb, in one way', () => {
    for (const name of Object.keys(calls)) expect(name).toMatch(/^[a-z]+:[a-z]+[A-Za-z]*$/)
    for (const name of Object.keys(events)) expect(name).toMatch(/^[a-z]+(:[a-z]+)?$/)
  })
  it.each(Object.entries(calls))('%s refuses what it does not know', (_name, { input }) => {
    expect(input.safeParse({ intruder: 1 }).success).toBe(false)
    expect(input.safeParse(undefined).success).toBe(false)
    expect(input.safeParse([]).success).toBe(false)
  })
  it('survives drawn nonsense', () => {
    const dice = random('nonsense')
    const junk = (depth: number): unknown => dice.pick([
      () => null, () => dice.between(-1e9, 1e9), () => NaN, () => '../../etc/passwd', () => '\u0000', () => true, () => Number.MAX_VALUE,
      () => (depth > 3 ? [] : Array.from({ length: dice.below(4) }, () => junk(depth + 1))),
      () => (depth > 3 ? {} : Object.fromEntries(['projectId', 'runId', 'ids', 'path', '__proto__', 'tags'].filter(() => dice.chance(0.5)).map((key) => [key, junk(depth + 1)]))),
    ])()
    for (const [name, { input }] of Object.entries(calls)) {
      for (let i = 0; i < 40; i++) {
        const value = junk(0)
        const result = input.safeParse(value)
        if (result.success) expect(JSON.stringify(result.data), name).toBe(JSON.stringify(value))
      }
    }
  })
  it('addresses pictures below the page', () => {
    expect(assets.mask(1, 2, 'crf', 3)).toBe('project/1/mask/2/crf/3')
    expect(new URL(assets.thumbnail(7, 8), 'maskwright://app/index.html').href).toBe('maskwright://app/project/7/thumbnail/8')
  })
})

describe('the client', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('gives the value or throws the trouble', async () => {
    useDoor(createFake())
    expect((await call('app:info', {})).version).toBe('0.1.0')
    await expect(call('project:open', { path: '' })).rejects.toThrow(AppError)
  })
  it('posts to the second door where there is no preload', async () => {
    vi.resetModules()
    const fetched = vi.fn(async () => ({ json: async () => ({ ok: true, value: { paths: ['/a'] } }) }))
    vi.stubGlobal('fetch', fetched)
    const fresh = await import('../../renderer/api.ts')
    const result = await fresh.call('dialog:choose', { kind: 'folder', title: 'x' })
    expect(result.paths).toEqual(['/a'])
    expect(fetched).toHaveBeenCalledWith('call/dialog:choose', expect.objectContaining({ method: 'POST', body: '{"kind":"folder","title":"x"}' }))
    vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('gone') }))
    await expect(fresh.call('app:info', {})).rejects.toThrow('Maskwright does not answer.')
  })
  it('writes bytes as base64', async () => {
    expect(await base64Of(new Blob([Uint8Array.from([0, 255, 16])]))).toBe('AP8Q')
  })
})
