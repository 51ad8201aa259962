// The proofs that nothing is lost, on Windows' own Node: many writers, readers meanwhile, kills at any moment, and
// programs that hold the file open, which Windows alone knows.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { parseHtpasswd } from '../../src/document/document.ts'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'
import { eventually } from '../support/outside-program.ts'
import { scratch } from '../support/scratch.ts'
import { isWindows, onWindows, runWindowsBin, startWindows, type WindowsProgram } from './windows.ts'

const place = scratch()
const users = (count: number, hash: string): string =>
  Array.from({ length: count }, (_, i) => `user${i}:${hash}\n`).join('')
const dist = pathToFileURL('dist/index.js').href.replace('file:///', isWindows ? 'file:///' : 'file:///Z:/')

/** A program on Windows in the folder of the test, which has `f` in it, and HtpasswdFile. */
const startScript = (script: string): WindowsProgram =>
  startWindows(
    'node',
    [
      '--input-type=module',
      '-e',
      `import fs from 'node:fs'; import { HtpasswdFile } from '${dist}'; ${script}`,
    ],
    {
      cwd: place.folder,
    },
  )

const untilThere = (name: string): Promise<unknown> =>
  eventually(`the file ${name}`, () => existsSync(place.path(name)) || undefined)

// takes the file for itself: UV_FS_O_EXLOCK, "share nothing" on Windows (libuv, uv/win.h)
const hold = `const fd = fs.openSync('f', 0x10000000 | fs.constants.O_RDWR); fs.writeFileSync('held', '')`
const untilReleased = `while (!fs.existsSync('release')) await new Promise(done => setTimeout(done, 5)); fs.closeSync(fd)`

onWindows('the store on Windows', () => {
  test('8 processes add 8 users at once: 9 lines, and all verify', async () => {
    writeFileSync(place.file, 'first:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\r\n')
    const runs = Array.from({ length: 8 }, (_, i) =>
      runWindowsBin(['-bs', 'f', `user${i}`, `pw${i}`], { cwd: place.folder }),
    )
    expect((await Promise.all(runs)).map(({ status, stderr }) => [status, stderr])).toEqual(
      runs.map((_, i) => [0, `Adding password for user user${i}\n`]),
    )
    const file = await HtpasswdFile.open(place.file)
    expect(file.size).toBe(9)
    for (let i = 0; i < 8; i++) expect(await file.verify(`user${i}`, `pw${i}`)).toBe(true)
    expect(readFileSync(place.file, 'utf8').split('\r\n')).toHaveLength(10)
    expect(place.names()).toEqual(['f'])
  })

  test('a reader during 30 updates never sees a short or unreadable file', async () => {
    writeFileSync(place.file, users(2000, 'start'))
    const size = readFileSync(place.file).length
    const reader = startScript(`
      fs.writeFileSync('reading', '')
      let reads = 0
      for (; !fs.existsSync('stop'); reads++) {
        const length = fs.readFileSync('f').length
        if (length !== ${size}) throw new Error('expected ${size} bytes, read ' + length)
        if ((await HtpasswdFile.open('f')).size !== 2000) throw new Error('users are missing')
      }
      console.log(reads)`)
    await untilThere('reading')
    const writer = startScript(
      `for (let i = 0; i < 30; i++) await HtpasswdFile.update('f', d => d.set('user' + i, 'h' + String(i).padStart(4, '0')))`,
    )
    expect([await writer.ended, writer.stderr()]).toEqual([0, ''])
    writeFileSync(place.path('stop'), '')
    expect([await reader.ended, reader.stderr()]).toEqual([0, ''])
    expect(Number(reader.stdout())).toBeGreaterThan(30)
  })

  test('killed at 10 random moments: the old or the new file, and the next run works at once', async () => {
    writeFileSync(place.file, users(5000, 'a'.repeat(20)))
    let leftovers = 0
    for (let kill = 0; kill < 10; kill++) {
      const writer = startScript(`
        for (let i = 0; ; i++) {
          await HtpasswdFile.update('f', d => d.set('user7', String(i % 10).repeat(20)))
          if (i === 1) console.log('ready')
        }`)
      await eventually('the first updates', () => writer.stdout() || undefined)
      await pause(Math.random() * 300)
      writer.process.kill('SIGKILL')
      await writer.ended
      if (place.names().length > 1) leftovers++
      const document = parseHtpasswd(readFileSync(place.file))
      expect(document.size).toBe(5000)
      expect(document.get('user7')).toMatch(/^(.)\1{19}$/)

      const next = startScript(
        `await HtpasswdFile.update('f', d => d.set('user8', '${'b'.repeat(20)}'), { lockTimeout: 2000 })`,
      )
      expect([await next.ended, next.stderr()]).toEqual([0, ''])
      expect(place.names()).toEqual(['f'])
    }
    expect(parseHtpasswd(readFileSync(place.file)).get('user8')).toBe('b'.repeat(20))
    // or the moments were none in which anything could be lost
    expect(leftovers).toBeGreaterThan(1)
  })

  test('a program that reads the file for a while is waited for', async () => {
    writeFileSync(place.file, users(3, 'a'))
    // cmd opens what < names for reading, and lets nobody replace it
    const batch = 'echo held>held\r\n:again\r\nif not exist release goto again\r\n'
    writeFileSync(place.path('wait.bat'), `@echo off\r\n${batch}`)
    const holder = startWindows('cmd', ['/d', '/c', 'wait.bat < f'], { cwd: place.folder })
    await untilThere('held')
    const run = runWindowsBin(['-bs', 'f', 'bob', 'pw'], { cwd: place.folder })
    const newFile = () => place.names().find(name => name.includes('.htpasswd-new-'))
    await eventually('the new file beside it', () => {
      const name = newFile()
      return (name !== undefined && statSync(place.path(name)).size) || undefined
    })
    // long enough for a first attempt, which would be the last without another
    await pause(300)
    expect(readFileSync(place.file, 'utf8')).toBe(users(3, 'a'))
    writeFileSync(place.path('release'), '')
    expect(await run).toMatchObject({ status: 0, stderr: 'Adding password for user bob\n' })
    await holder.ended
    expect((await HtpasswdFile.open(place.file)).users()).toContain('bob')
  })

  test('one that has it for itself is waited for, too', async () => {
    writeFileSync(place.file, users(3, 'a'))
    // until the command has begun and must have met it
    const holder = startScript(
      `${hold}; while (!fs.existsSync('f.htpasswd-lock')); setTimeout(() => fs.closeSync(fd), 100)`,
    )
    await untilThere('held')
    expect(await runWindowsBin(['-bs', 'f', 'bob', 'pw'], { cwd: place.folder })).toMatchObject({ status: 0 })
    await holder.ended
  })

  test('one that never lets go: an error that says so, the file as it was, nothing left behind', async () => {
    writeFileSync(place.file, users(3, 'a'))
    const holder = startScript(`${hold}; ${untilReleased}`)
    await untilThere('held')
    const run = await runWindowsBin(['-bs', 'f', 'bob', 'pw'], { cwd: place.folder })
    expect(run).toMatchObject({ status: 1, stderr: expect.stringMatching(/^htpasswd: cannot .*f: .*\n$/) })
    writeFileSync(place.path('release'), '')
    await holder.ended
    expect(readFileSync(place.file, 'utf8')).toBe(users(3, 'a'))
    expect(readdirSync(place.folder).sort()).toEqual(['f', 'held', 'release'])
  })
})
