// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../preload/contract/error.ts'
import { rateOf } from '../../../renderer/stores/jobs.ts'
import { openProject, settle } from './setup.ts'

describe('rates', () => {
  it('are over the last fifteen seconds of one step', () => {
    expect(rateOf([])).toBeNull()
    expect(rateOf([{ key: 'a', atMs: 0, done: 1 }])).toBeNull()
    expect(rateOf([{ key: 'a', atMs: 0, done: 0 }, { key: 'a', atMs: 10_000, done: 10 }, { key: 'a', atMs: 20_000, done: 40 }])).toBeCloseTo(3)
    expect(rateOf([{ key: 'a', atMs: 0, done: 90 }, { key: 'b', atMs: 1000, done: 2 }, { key: 'b', atMs: 3000, done: 6 }])).toBeCloseTo(2)
  })
})

describe('long jobs', () => {
  it('give their result at their end and are listed till then', async () => {
    const { jobs } = await openProject()
    const work = jobs.run('project:sample', {})
    await settle(60)
    expect(jobs.list).toHaveLength(1)
    expect(jobs.list[0]).toMatchObject({ call: 'project:sample', progress: { done: 5, total: 20 } })
    expect(await work).toEqual({ path: '/home/line3/Sample.maskwright' })
    expect(jobs.list).toHaveLength(0)
  })
  it('throw what they ended with', async () => {
    const { jobs, fake } = await openProject()
    const work = jobs.finish(5, 'export:make', 1)
    fake.emit('job:done', { jobId: 5, projectId: 1, error: { code: 'disk-full', message: 'The disk is full.', advice: 'Free some space.' } })
    await expect(work).rejects.toThrow(AppError)
  })
  it('may end before their call has answered', async () => {
    const { jobs, fake } = await openProject()
    fake.emit('job:done', { jobId: 6, projectId: 1, result: 42 })
    expect(await jobs.finish(6, 'export:make', 1)).toBe(42)
  })
  it('trouble is told once, stopping is no trouble', async () => {
    const { app } = await openProject()
    await app.attempt(async () => { throw new AppError({ code: 'aborted', message: 'Stopped.', advice: '' }) })
    expect(app.toasts).toHaveLength(0)
    await app.attempt(async () => { throw new AppError({ code: 'disk-full', message: 'The disk is full.', advice: 'Free some space.' }) })
    expect(app.toasts).toMatchObject([{ kind: 'error', text: 'The disk is full.', detail: 'Free some space.' }])
  })
  it('trouble is told in the language of the reader', async () => {
    const { app } = await openProject()
    await app.change({ language: 'de' })
    await settle()
    app.tellError(new AppError({ code: 'disk-full', message: 'The disk is full.', advice: 'Free some space.', subject: '/data' }))
    expect(app.toasts.at(-1)).toMatchObject({ text: 'Die Platte ist voll.', detail: '/data · The disk is full.' })
    await app.change({ language: 'en' })
    await settle()
  })
})
