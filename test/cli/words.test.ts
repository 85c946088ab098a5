import { describe, expect, it } from 'vitest'
import { parse, whole } from '../../main/cli/arguments.ts'
import { commands, help } from '../../main/cli/commands.ts'
import { clock, progressBar, rateMeter } from '../../main/cli/progress-bar.ts'
import { parseOverrides, parseRenderSettings, rangeOf, settingsFrom } from '../../main/cli/settings.ts'
import { table } from '../../main/cli/table.ts'
import { RenderSettingsSchema, renderSettingDefaults } from '../../preload/contract/render-set.ts'
import { definitions, presets, SettingsSchema, settingNames } from '../../preload/contract/settings.ts'

const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'none'
  } catch (error) {
    return (error as { data: { code: string } }).data.code
  }
}

describe('settings in words', () => {
  it('reads every kind', () => {
    expect(parseOverrides(['run.rounds=5', 'refine.ratio=0.5', 'cam.flip=false', 'training.optimizer=sgd', 'cam.scales=0.5,2', 'network.weights=a=b.safetensors']))
      .toEqual({ 'run.rounds': 5, 'refine.ratio': 0.5, 'cam.flip': false, 'training.optimizer': 'sgd', 'cam.scales': [0.5, 2], 'network.weights': 'a=b.safetensors' })
  })

  it('reads those of renders from a table of their own', () => {
    expect(parseRenderSettings(['camera.fieldOfView=30', 'render.background=photos', 'light.lamps=-1']))
      .toEqual({ 'camera.fieldOfView': 30, 'render.background': 'photos', 'light.lamps': -1 })
    expect(codeOf(() => parseRenderSettings(['run.rounds=3']))).toBe('unknown-setting')
    expect(codeOf(() => parseRenderSettings(['camera.fieldOfView=151']))).toBe('setting-out-of-range')
    expect(RenderSettingsSchema.parse(renderSettingDefaults)).toEqual(renderSettingDefaults)
    expect(RenderSettingsSchema.safeParse({ 'render.pose': 'upside down' }).success).toBe(false)
  })

  it('refuses an unknown setting and names the nearest', () => {
    expect(codeOf(() => parseOverrides(['run.round=5']))).toBe('unknown-setting')
    expect(() => parseOverrides(['ratio=1'])).toThrow('There is no setting "ratio".')
    expect(codeOf(() => parseOverrides(['constructor=1']))).toBe('unknown-setting')
  })

  it.each(['run.rounds=0', 'run.rounds=2.5', 'run.rounds=', 'run.rounds', 'refine.ratio=nan', 'cam.flip=yes', 'training.optimizer=adagrad', 'cam.scales=1,9', 'cam.scales='])('refuses %s', (word) => {
    expect(codeOf(() => parseOverrides([word]))).toBe('setting-out-of-range')
  })

  it('holds presets within their own ranges', () => {
    for (const preset of Object.values(presets)) expect(SettingsSchema.parse(preset)).toEqual(preset)
    expect(codeOf(() => settingsFrom('best', {}))).toBe('invalid-input')
  })

  it('says a range, and a sentence of help, for every setting', () => {
    for (const name of settingNames) {
      expect(rangeOf(definitions[name])).not.toBe('')
      expect(definitions[name].help).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('words of a command', () => {
  it('refuses too few, too many and unknown ones', () => {
    expect(codeOf(() => parse([], {}, 'status P', 1))).toBe('invalid-input')
    expect(codeOf(() => parse(['a', 'b'], {}, 'status P', 1))).toBe('invalid-input')
    expect(codeOf(() => parse(['a', '--loud'], {}, 'status P', 1))).toBe('invalid-input')
    expect(parse(['a', '--json'], {}, 'status P', 1).values.json).toBe(true)
  })

  it('reads whole numbers', () => {
    expect(whole('12', '--count')).toBe(12)
    expect(whole(undefined, '--count')).toBeUndefined()
    for (const text of ['', '-1', '1.5', 'x']) expect(codeOf(() => whole(text, '--count'))).toBe('invalid-input')
  })

  it('helps with every command', () => {
    for (const { usage } of Object.values(commands)) expect(help()).toContain(usage)
  })
})

describe('progress', () => {
  it('says times as clocks', () => {
    expect([0, 75.4, 3599, 4000].map(clock)).toEqual(['0:00', '1:15', '59:59', '1:06:40'])
  })

  it('forgets a slow start', () => {
    const meter = rateMeter()
    expect(meter.update(0, 0)).toBe(0)
    expect(meter.update(1, 1000)).toBeCloseTo(1)
    let rate = 0
    for (let i = 1; i <= 60; i++) rate = meter.update(1 + 10 * i, 1000 + 1000 * i)
    expect(rate).toBeCloseTo(10, 1)
  })

  it('draws a line a step, with rate and time left', () => {
    let now = 0
    let out = ''
    const bar = progressBar({ isTTY: false, write: (text: string) => (out += text) } as unknown as NodeJS.WriteStream, () => now)
    bar.draw({ step: 'cam', done: 1, total: 4, unit: 'photos' })
    now = 10_000
    bar.draw({ step: 'cam', done: 2, total: 4, unit: 'photos', values: { loss: 0.5 } })
    now = 20_000
    bar.draw({ step: 'cam', done: 4, total: 4, unit: 'photos' })
    expect(out.split('\n')[1]).toBe('cam                        [############............] 2/4 photos, 0.1/s 0:20 left loss 0.500')
    expect(out.split('\n')[2]).toMatch(/\[#{24}\] 4\/4 photos, 0\.\d\/s in 0:20$/)
  })

  it('lines up tables', () => {
    expect(table([['a', 'bb'], ['ccc', '1']])).toBe('a    bb\nccc   1')
  })
})
