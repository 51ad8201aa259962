// Changes are noticed by events and by looking; looks come one at a time, and errors are reported once.
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { writeFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { watchPath } from '../../../src/store/watch.ts'
import { dist, scratch } from '../../support/scratch.ts'

vi.mock('node:fs', async importOriginal => {
  const original = await importOriginal<typeof fs>()
  return { ...original, watch: vi.fn(original.watch) }
})

const place = scratch()
afterEach(() => vi.useRealTimers())

test('checks run one at a time, and none after the end', async () => {
  let running = 0
  let most = 0
  let looks = 0
  let looked = (): void => {}
  const reload = async (): Promise<boolean> => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
    looks++
    looked()
    return true
  }
  let changes = 0
  const watch = watchPath(place.file, reload, { onChange: () => changes++ })
  const first = new Promise<void>(resolve => {
    looked = resolve
  })
  for (let i = 0; i < 10; i++) writeFileSync(place.file, String(i))
  await first
  watch[Symbol.dispose]()
  const { length } = Array(changes)
  writeFileSync(place.file, 'more')
  for (let i = 0; i < 20; i++) await new Promise(setImmediate)
  expect(changes).toBe(length)
  expect(looks).toBeGreaterThan(0)
  expect(most).toBe(1)
})

test('watching does not keep a program alive', () => {
  writeFileSync(place.file, 'a:b\n')
  const code = `import { HtpasswdFile } from ${dist}\n;(await HtpasswdFile.open(${JSON.stringify(place.file)})).watch()`
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 20_000 })).toMatchObject(
    { status: 0 },
  )
})

test('without events it checks every second', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const reload = vi.fn(async () => false)
  using watch = watchPath(place.file, reload, {})
  expect(reload).not.toHaveBeenCalled()
  vi.advanceTimersByTime(3000)
  // the second and third look wait for the first, and are one
  expect(reload).toHaveBeenCalledTimes(1)
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(2))
  watch[Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(0)
})

test.each(['EMFILE', 'EACCES'])('without events (%s) it looks every second', async code => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  vi.mocked(fs.watch).mockImplementationOnce(() => {
    throw Object.assign(new Error(code), { code })
  })
  const reload = vi.fn(async () => true)
  const onChange = vi.fn()
  const onError = vi.fn()
  using _watch = watchPath(place.file, reload, { onChange, onError })
  vi.advanceTimersByTime(1000)
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1))
  expect(onError).not.toHaveBeenCalled()
})

test('an error is reported once, until there was none or another', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const outcomes = ['one', 'one', 'two', 'two', '', 'two', 'two']
  const heard: string[] = []
  let looks = 0
  const reload = async () => {
    const message = outcomes[looks++]
    if (message) throw new Error(message)
    return true
  }
  using _watch = watchPath(place.file, reload, {
    onChange: () => heard.push('changed'),
    onError: error => heard.push(error.message),
  })
  for (const [i] of outcomes.entries()) {
    vi.advanceTimersByTime(1000)
    await vi.waitFor(() => expect(looks).toBe(i + 1))
  }
  await vi.waitFor(() => expect(heard).toEqual(['one', 'two', 'changed', 'two']))
})

test('events of other files are ignored', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const reload = vi.fn(async () => false)
  using _watch = watchPath(place.file, reload, {})
  for (let i = 0; i < 10; i++) writeFileSync(place.path(`other${i}`), '')
  writeFileSync(place.file, '')
  await vi.waitFor(() => expect(reload).toHaveBeenCalled())
  // events come in order: those of the others came before
  expect(reload.mock.calls.length).toBeLessThanOrEqual(3)
})
