// The proofs that nothing is lost: many writers, readers meanwhile, SIGKILL at any moment, a full disk.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDocument } from '../../src/check/check-document.ts'
import { parseHtpasswd } from '../../src/document/document.ts'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'
import { bin, dist, isRoot, scratch } from '../support/scratch.ts'

const place = scratch()
const users = (count: number, hash: string): string =>
  Array.from({ length: count }, (_, i) => `user${i}:${hash}\n`).join('')
const program = (code: string): ChildProcess =>
  spawn(process.execPath, ['--input-type=module', '-e', `import { HtpasswdFile } from ${dist}\n${code}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

test('40 processes add 40 users at once: 41 lines, and all verify', async () => {
  writeFileSync(place.file, 'first:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n')
  const children = Array.from({ length: 40 }, (_, i) =>
    spawn(process.execPath, [bin, '-bs', place.file, `user${i}`, `pw${i}`], { stdio: 'ignore' }),
  )
  const statuses = await Promise.all(children.map(async child => (await once(child, 'exit'))[0]))
  expect(statuses).toEqual(Array(40).fill(0))
  const file = await HtpasswdFile.open(place.file)
  expect(file.size).toBe(41)
  expect(readFileSync(place.file, 'utf8').split('\n')).toHaveLength(42)
  for (let i = 0; i < 40; i++) expect(await file.verify(`user${i}`, `pw${i}`)).toBe(true)
  expect(place.names()).toEqual(['f'])
})

test('readers during 500 updates never see a short or unreadable file', async () => {
  writeFileSync(place.file, users(2000, 'start'))
  const length = readFileSync(place.file).length
  const writer = program(`
    for (let i = 0; i < 500; i++) await HtpasswdFile.update(${JSON.stringify(place.file)}, d => d.set('user' + (i % 2000), 'h' + String(i).padStart(4, '0')))
  `)
  const ended = once(writer, 'exit')
  let running = true
  void ended.then(() => {
    running = false
  })
  let reads = 0
  while (running) {
    const bytes = readFileSync(place.file)
    expect(bytes.length).toBe(length)
    expect(bytes.at(-1)).toBe(10)
    reads++
    await new Promise(setImmediate)
  }
  expect((await ended)[0]).toBe(0)
  expect(reads).toBeGreaterThan(100)
})

test('SIGKILL at 200 random moments: the old or the new file, and the next run works at once', async () => {
  const lanes = Array.from({ length: 4 }, (_, i) => join(place.folder, String(i)))
  let leftovers = 0
  await Promise.all(
    lanes.map(async lane => {
      mkdirSync(lane)
      const path = join(lane, 'f')
      writeFileSync(path, users(5000, 'a'.repeat(20)))
      for (let kill = 0; kill < 50; kill++) {
        const writer = program(`
          console.log('ready')
          for (let i = 0; ; i++) await HtpasswdFile.update(${JSON.stringify(path)}, d => d.set('user7', String(i % 10).repeat(20)))
        `)
        if (writer.stdout === null) throw new Error('no output')
        await once(writer.stdout, 'data')
        const moment = Math.random() * 12
        const end = performance.now() + moment
        while (performance.now() < end) await new Promise(setImmediate)
        writer.kill('SIGKILL')
        await once(writer, 'exit')
        if (readdirSync(lane).length > 1) leftovers++

        const document = parseHtpasswd(readFileSync(path))
        expect(document.size).toBe(5000)
        expect(document.get('user7')).toMatch(/^(.)\1{19}$/)
        expect([...checkDocument(document)].filter(({ code }) => code !== 'plaintext')).toEqual([])
        const started = performance.now()
        await HtpasswdFile.update(path, d => d.set('user8', 'b'.repeat(20)), { lockTimeout: 2000 })
        expect(performance.now() - started).toBeLessThan(2000)
        expect(readdirSync(lane)).toEqual(['f'])
      }
      expect(parseHtpasswd(readFileSync(path)).get('user8')).toBe('b'.repeat(20))
    }),
  )
  // or the moments were none in which anything could be lost
  expect(leftovers).toBeGreaterThan(20)
}, 300_000)

const mount = (folder: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
const canMount = isRoot && process.platform === 'linux' && spawnSync('unshare', ['-m', 'true']).status === 0
const PAGE = 4096
/** A file of so many whole pages, so that one more record needs another one. */
const ofPages = (pages: number): string => {
  const text = users(Math.floor((pages * PAGE) / 50), 'x'.repeat(30))
  return `${text}#${'x'.repeat(pages * PAGE - text.length - 2)}\n`
}

test.skipIf(!canMount).each([
  ['a new file', [], 150, 0],
  ['the recovery copy of a write in place', ['--in-place'], 150, 0],
  // 1 MB is 256 pages: the file, its copy, which needs one more, the lock and these leave nothing
  ['a write in place', ['--in-place'], 100, 256 - 100 - 101 - 1],
] as const)(
  'a disk of 1 MB that is full at %s loses nothing (root and tmpfs are needed)',
  (_what, options, pages, others) => {
    const disk = join(place.folder, 'disk')
    mkdirSync(disk)
    if (mount(disk).status !== 0) return expect(process.env.CI).not.toBe('true')
    try {
      const path = join(disk, 'f')
      const before = ofPages(pages)
      writeFileSync(path, before)
      writeFileSync(join(disk, 'others'), Buffer.alloc(others * PAGE))
      const run = spawnSync(process.execPath, [bin, '-bs', ...options, path, 'new', 'p'], {
        encoding: 'utf8',
      })
      expect(run.status).toBe(1)
      expect(run.stderr).toMatch(/the disk is full; the file is as it was/)
      expect(readFileSync(path, 'utf8') === before).toBe(true)
      expect(readdirSync(disk)).toEqual(['f', 'others'])
    } finally {
      spawnSync('umount', [disk])
    }
  },
)
