// The prompts on a console of Windows: a * for each character, keys that edit, Ctrl-C, and code pages that are not UTF-8.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha } from '../command/cases.ts'
import { bytesOf, readFolder, withFolder } from '../support/run.ts'
import { type ConsoleStep, noConsole, typeAtConsole } from './console.ts'
import { onWindows, windowsBin } from './windows.ts'

const asked = 'New password: '
const again = 'Re-type new password: '
const twice = (first: string, second = first): ConsoleStep[] => [
  { after: asked, answer: first },
  { after: again, answer: second },
]

onWindows(
  'at a console of Windows',
  () => {
    test('the tutorial: create, type twice, a * for each character', async () => {
      await withFolder({}, async cwd => {
        const words = [windowsBin, '-cs', 'mlflow-authfile', 'admin']
        expect(await typeAtConsole('node', words, twice('größe\r'), { cwd })).toEqual({
          status: 0,
          screen: `${asked}*****\n${again}*****\nAdding password for user admin\n`,
          left: 0,
        })
        expect(readFolder(cwd)).toEqual({ 'mlflow-authfile': `admin:${sha(bytesOf('größe'))}\n` })
      })
    })

    test.each<[string, ConsoleStep[], number]>([
      ['Ctrl-C', [{ after: asked, answer: 'p\x03' }], 4],
      ['Ctrl-D', [{ after: asked, answer: '\x04' }], 4],
      ['Ctrl-C within the second answer', twice('pw\r', 'p\x03'), 4],
      ['two that differ', twice('pw\r', 'px\r'), 3],
    ])('%s: nothing is written', async (_name, steps, status) => {
      await withFolder({}, async cwd => {
        const dialogue = await typeAtConsole('node', [windowsBin, '-c', 'f', 'u'], steps, { cwd })
        expect(dialogue).toMatchObject({ status, left: 0 })
        expect(readFolder(cwd)).toEqual({})
      })
    })

    test('keys edit the line; the typed characters are never shown', async () => {
      await withFolder({}, async cwd => {
        const steps = twice('not this\x15seen\x08cret \x1b[Awörd\x17s3ü\x7f\r', 'seecret s3\r')
        const { status, screen } = await typeAtConsole('node', [windowsBin, '-cs', 'f', 'u'], steps, { cwd })
        expect(status).toBe(0)
        expect(screen).not.toMatch(/not|see|s3/)
        expect(readFolder(cwd)).toEqual({ f: `u:${sha('seecret s3')}\n` })
      })
    })

    test.each([
      ['two', 0, 'Password for user bob correct.'],
      ['wrong', 3, 'password verification failed'],
    ])('-v asks once: %s', async (typed, status, message) => {
      await withFolder({ f: `bob:${sha('two')}\r\n` }, async cwd => {
        const steps = [{ after: 'Enter password: ', answer: `${typed}\r` }]
        const dialogue = await typeAtConsole('node', [windowsBin, '-v', 'f', 'bob'], steps, { cwd })
        expect(dialogue).toMatchObject({
          status,
          screen: `Enter password: ${'*'.repeat(typed.length)}\n${message}\n`,
        })
      })
    })

    test.each([
      [850, 'größe €'],
      [1252, 'größe €'],
      [932, 'größe € 密码'],
    ])(
      'in code page %i the password %s is the UTF-8 that it is on Linux, and names are legible',
      async (page, typed) => {
        const batch = [
          `@chcp ${page} >chcp.txt`,
          `@"%NODE_EXE%" "${windowsBin}" -cs f "%WHO%"`,
          '@echo status %ERRORLEVEL%',
          '',
        ]
        await withFolder({ 'go.bat': batch.join('\r\n') }, async cwd => {
          const dialogue = await typeAtConsole('cmd', ['/d', '/c', 'go.bat'], twice(`${typed}\r`), {
            cwd,
            env: { WHO: 'jürgen' },
          })
          expect(dialogue.screen).toContain('Adding password for user jürgen\n')
          expect(dialogue.screen).toContain('status 0')
          expect(readFileSync(join(cwd, 'f'), 'latin1')).toBe(`${bytesOf('jürgen')}:${sha(bytesOf(typed))}\n`)
        })
      },
    )
  },
  noConsole,
)
