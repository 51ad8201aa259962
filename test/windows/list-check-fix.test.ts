// list, check and fix on Windows' own Node, with a file as PowerShell and Notepad write it.
import { expect, test } from 'vitest'
import { readFolder, withFolder } from '../support/run.ts'
import { onWindows, runWindowsBin } from './windows.ts'

const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'
const doubled = APR1.replaceAll('$', '$$$$')
const utf16 = (text: string): string => Buffer.from(`\ufeff${text}`, 'utf16le').toString('latin1')

const files = {
  notepad: `\xef\xbb\xbfann:${APR1}\r\nbob:${doubled}\r\nann:!\r\n`,
  powershell: utf16(`ann:${APR1}\r\nbob:${doubled}\r\nann:!\r\n`),
}

onWindows('on Windows', () => {
  test.each(Object.keys(files) as (keyof typeof files)[])('a file of %s', async name => {
    await withFolder({ users: files[name] }, async cwd => {
      const found = await runWindowsBin(['check', 'users', '--json', '--for', 'nginx-windows'], { cwd })
      const { problems } = JSON.parse(found.stdout) as { problems: { code: string }[] }
      expect(found.status).toBe(1)
      expect(problems.map(({ code }) => code)).toContain(name === 'notepad' ? 'bom' : 'utf16')
      expect(problems.map(({ code }) => code)).toContain('escaped-dollars')

      const declined = await runWindowsBin(['fix', 'users'], { cwd, stdin: 'n\r\n' })
      expect({ status: declined.status, files: readFolder(cwd) }).toEqual({
        status: 4,
        files: { users: files[name] },
      })

      const mended = await runWindowsBin(['fix', 'users'], { cwd, stdin: 'y\r\n' })
      expect(mended).toMatchObject({ status: 0, stderr: expect.stringContaining('Write users? [y/N] ') })
      expect(readFolder(cwd)).toEqual({
        users: `ann:${APR1}\nbob:${APR1}\n`,
        'users.bak': files[name],
      })

      const listed = await runWindowsBin(['list', 'users'], { cwd })
      expect(listed).toEqual({
        status: 0,
        stdout: `USER  FORMAT  COST  STRENGTH  LINE\nann   apr1          weak      1\nbob   apr1          weak      2\n2 users: 2 weak\n`,
        stderr: '',
      })
    })
  })

  test('a generated password is printed', async () => {
    await withFolder({}, async cwd => {
      const made = await runWindowsBin(['-c', '--generate', 'words', 'users', 'ann'], { cwd })
      expect(made).toMatchObject({ status: 0, stdout: expect.stringMatching(/^([a-z]+-){5}[a-z]+\r?\n$/) })
      const stdin = made.stdout
      expect(await runWindowsBin(['-vi', 'users', 'ann'], { cwd, stdin })).toMatchObject({ status: 0 })
    })
  })
})
