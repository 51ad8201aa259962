import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { watchPath } from '../../src/store/watch.ts'
import { dist, scratch } from './scratch.ts'

const place = scratch()

test('looks come one at a time, and none after the end', async () => {
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
