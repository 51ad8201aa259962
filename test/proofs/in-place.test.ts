// The proofs that a write in place loses nothing: SIGKILL at any moment, readers meanwhile.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseHtpasswd } from '../../src/document/document.ts'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'
import { runBin } from '../support/run.ts'
import { dist, scratch } from '../support/scratch.ts'

const place = scratch()
const USERS = 5000
const users = (hash: string): string => Array.from({ length: USERS }, (_, i) => `user${i}:${hash}\n`).join('')
/** Every record of one writing has the same hash, so that a mixture of two shows. */
const writer = (path: string, temporary: string) =>
  spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { HtpasswdFile } from ${dist}
       console.log('ready')
       for (let i = 0; ; i++) {
         const hash = String(i % 10).repeat(10 + (i % 7))
         await HtpasswdFile.update(${JSON.stringify(path)}, document => {
           for (const user of document.users()) document.set(user, hash)
         }, { inPlace: true })
       }`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: temporary } },
  )

function expectWhole(file: { users(): string[]; get(user: string): string | undefined }): void {
  expect(file.users()).toHaveLength(USERS)
  expect(new Set(file.users().map(user => file.get(user))).size).toBe(1)
}

/** As `list` and `-v` see the file while its recovery copy lies beside it. */
async function expectWholeThroughCommands(path: string): Promise<void> {
  const { stdout } = await runBin(['list', '--json', path])
  expect(JSON.parse(stdout).users).toHaveLength(USERS)
  // no password fits, and none of these hashes can be computed: the user is there, with one whole record or the other
  const { stderr, status } = await runBin(['-vb', path, `user${USERS - 1}`, 'pw'])
  expect([status, stderr]).toEqual([expect.any(Number), expect.not.stringContaining('not found')])
}

test('SIGKILL at 200 random moments of a write in place: readers and the next run see the old or the new file', async () => {
  let halves = 0
  const lanes = Array.from({ length: 4 }, (_, i) => place.path(String(i)))
  await Promise.all(
    lanes.map(async lane => {
      const path = join(lane, 'f')
      const temporary = `${lane}-tmp`
      for (const folder of [lane, temporary]) mkdirSync(folder)
      chmodSync(temporary, 0o1777)
      writeFileSync(path, users('start'))
      const live = await HtpasswdFile.open(path)
      for (let kill = 0; kill < 50; kill++) {
        const child = writer(path, temporary)
        await once(child.stdout, 'data')
        const end = performance.now() + 100 + Math.random() * 200
        while (performance.now() < end) {
          expectWhole(live)
          await new Promise(setImmediate)
        }
        child.kill('SIGKILL')
        await once(child, 'exit')
        if (readdirSync(lane).includes('f.htpasswd-recovery')) halves++
        expectWhole(await HtpasswdFile.open(path))
        if (kill % 10 === 0) await expectWholeThroughCommands(path)
        await HtpasswdFile.update(path, document => document.delete('nobody'), { lockTimeout: 5000 })
        expectWhole(parseHtpasswd(readFileSync(path)))
        expect([readdirSync(lane), readdirSync(temporary)]).toEqual([['f'], []])
      }
    }),
  )
  // or the moments were none in which anything could be lost
  expect(halves).toBeGreaterThan(0)
}, 300_000)
