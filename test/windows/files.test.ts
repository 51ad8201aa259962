// Windows' names and files: blanks, umlauts, backslashes, long and network paths; line ends, marks, UTF-16; %ERRORLEVEL%.
import { mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'
import { sha } from '../command/cases.ts'
import { readFolder, withFolder } from '../support/run.ts'
import { wineEnvironment } from './make-windows.js'
import { isWindows, onWindows, runWindows, runWindowsBin, windowsBin, windowsPath } from './windows.ts'

onWindows('files on Windows', () => {
  /** Creates, adds, updates, verifies and deletes by one name, and gives back the file as `seen` finds it. */
  async function useFile(name: string, cwd: string, seen: string): Promise<void> {
    const steps: [string[], string][] = [
      [['-cbs', name, 'jürgen', 'größe'], 'Adding password for user jürgen\n'],
      [['-bB', name, 'bob', 'two'], 'Adding password for user bob\n'],
      [['-bs', name, 'bob', 'zwei'], 'Updating password for user bob\n'],
      [['-vb', name, 'jürgen', 'größe'], 'Password for user jürgen correct.\n'],
      [['-D', name, 'bob'], 'Deleting password for user bob\n'],
    ]
    for (const [args, message] of steps) {
      const { status, stderr } = await runWindowsBin(args, { cwd })
      expect({ args, status, stderr: Buffer.from(stderr, 'latin1').toString() }).toEqual({
        args,
        status: 0,
        stderr: expect.stringContaining(message),
      })
    }
    const file = await HtpasswdFile.open(seen)
    expect([file.users(), await file.verify('jürgen', 'größe')]).toEqual([['jürgen'], true])
  }

  test.each([
    ['blanks, with a backslash', 'my files\\pass words'],
    ['umlauts, with a slash', 'my files/Schlüssel größer'],
    ['up and down again', 'my files\\..\\f'],
    ['other letters', 'пароли 密码.txt'],
    ['the signs of cmd', "a & b (c) %TEMP% ^d'!"],
  ])('%s: %s', async (_name, name) => {
    await withFolder({}, async folder => {
      mkdirSync(join(folder, 'my files'))
      await useFile(name, folder, join(folder, name.replaceAll('\\', '/')))
    })
  })

  test.each([
    ['absolute', (path: string) => path],
    ['without a drive', (path: string) => path.replace(/^.:/, '')],
    ['of the long form', (path: string) => `\\\\?\\${path}`],
    ['longer than 260 letters', (path: string) => path, 'x'.repeat(120)],
  ])('%s paths', async (_name, spell, part = '') => {
    await withFolder({}, async folder => {
      const deep = join(folder, `a ${part}`, `b ${part}`)
      mkdirSync(deep, { recursive: true })
      const file = join(deep, 'f')
      await useFile(spell(windowsPath(file)), folder, file)
    })
  })

  describe('network paths', () => {
    // Wine finds servers in a folder of its prefix; on Windows itself every drive is shared with its administrators
    const share = join(wineEnvironment.WINEPREFIX, 'dosdevices', 'unc', 'server', 'share')
    const networkPath = (path: string): string =>
      isWindows
        ? `\\\\localhost\\${path.replace(':', '$')}`
        : `\\\\server\\share${path.replaceAll('/', '\\')}`
    beforeAll(() => {
      if (isWindows) return
      mkdirSync(join(share, '..'), { recursive: true })
      symlinkSync('/', share)
    })
    afterAll(() => {
      if (!isWindows) unlinkSync(share)
    })

    test.each([
      ['\\\\server\\share', (path: string) => path],
      ['\\\\?\\UNC\\server\\share', (path: string) => path.replace('\\\\', '\\\\?\\UNC\\')],
    ])('%s', async (_name, spell) => {
      await withFolder({}, async folder => {
        const file = join(folder, 'pass words')
        await useFile(spell(networkPath(file)), folder, file)
      })
    })
  })

  const lines = `alice:${sha('one')}\nbob:${sha('two')}\n`
  const crlf = lines.replaceAll('\n', '\r\n')

  test.each([
    ['CRLF', crlf, crlf.replace(sha('two'), sha('new'))],
    ['a mark', `\xef\xbb\xbf${crlf}`, `\xef\xbb\xbf${crlf.replace(sha('two'), sha('new'))}`],
    ['no last line end', crlf.trimEnd(), crlf.replace(sha('two'), sha('new'))],
  ])('a file with %s keeps it', async (_name, before, after) => {
    await withFolder({ 'pass words': before }, async folder => {
      expect(await runWindowsBin(['-bs', 'pass words', 'bob', 'new'], { cwd: folder })).toMatchObject({
        status: 0,
      })
      expect(await runWindowsBin(['-vb', 'pass words', 'alice', 'one'], { cwd: folder })).toMatchObject({
        status: 0,
      })
      expect(readFolder(folder)).toEqual({ 'pass words': after })
    })
  })

  test("the file that PowerShell 5's > writes is UTF-16: named, and untouched", async () => {
    await withFolder({}, async folder => {
      const bytes = Buffer.from(`\ufeff${crlf}`, 'utf16le')
      writeFileSync(join(folder, 'f'), bytes)
      for (const args of [
        ['-bs', 'f', 'bob', 'new'],
        ['-vb', 'f', 'bob', 'two'],
        ['-D', 'f', 'bob'],
      ]) {
        const { status, stderr } = await runWindowsBin(args, { cwd: folder })
        expect({ status, stderr }).toEqual({ status: 7, stderr: expect.stringContaining('UTF-16') })
      }
      expect(readFileSync(join(folder, 'f')).equals(bytes)).toBe(true)
    })
  })

  test('every exit status is the %ERRORLEVEL% of a batch file', async () => {
    const runs: [status: number, words: string][] = [
      [0, '-vb f bob two'],
      [1, '-b missing bob two'],
      [2, '-x'],
      [3, '-vb f bob wrong'],
      [4, '-i f bob'],
      [5, `-b f ${'x'.repeat(256)} pw`],
      [6, '-b f a:b pw'],
      [7, '-b other bob pw'],
      [9, '-vb f broken pw'],
    ]
    const node = isWindows ? `"${process.execPath}"` : '%NODE_EXE%'
    const batch = runs.flatMap(([, words]) => [
      `${node} "${windowsBin}" ${words} <nul 2>nul`,
      '>>statuses echo %ERRORLEVEL%',
    ])
    const files = {
      f: `${lines}broken:$2y$05$short\n`,
      other: 'text\n',
      'all.bat': ['@echo off', ...batch, ''].join('\r\n'),
    }
    await withFolder(files, async folder => {
      await runWindows('cmd', ['/d', '/c', 'all.bat'], { cwd: folder })
      const statuses = readFileSync(join(folder, 'statuses'), 'latin1').split('\r\n')
      expect(statuses).toEqual([...runs.map(([status]) => String(status)), ''])
    })
  })
})
