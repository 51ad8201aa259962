// The prompts on a real pseudo-terminal: no echo while they ask, and the terminal as before whatever ends them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findProgram, skipReason } from '../../support/outside-program.ts'

const bin = fileURLToPath(new URL('../../../bin/htpasswd.js', import.meta.url))
const driver = fileURLToPath(new URL('../type_at_terminal.py', import.meta.url))
const missing = process.platform === 'win32' ? 'needs POSIX' : skipReason({ python3: findProgram('python3') })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Step = { type: string; hangup?: true; continued?: true } | { signal: string; after?: string }
interface Dialogue {
  status: number | string
  terminal: string
  echo: boolean[]
}
function play(words: string[], steps: Step[], program?: string): Dialogue {
  const argv = program === undefined ? [process.execPath, bin, ...words] : [program, ...words]
  const run = spawnSync('python3', [driver, JSON.stringify({ argv, steps })], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}

describe.skipIf(missing)('at a terminal', () => {
  test('the tutorial: create, type twice', () => {
    expect(play(['-cs', 'f', 'admin'], [{ type: 'pw\r' }, { type: 'pw\r' }])).toEqual({
      status: 0,
      terminal: 'New password: \r\nRe-type new password: \r\nAdding password for user admin\r\n',
      echo: [false, false, true],
    })
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('admin:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n')
  })

  test.each<[string, Step[]]>([
    ['Ctrl-C', [{ type: '\x03' }]],
    ['Ctrl-D', [{ type: '\x04' }]],
    ['Ctrl-C within the second answer', [{ type: 'pw\r' }, { type: 'p\x03' }]],
    ['SIGTERM', [{ signal: 'SIGTERM' }]],
    ['SIGINT', [{ signal: 'SIGINT' }]],
  ])('%s: status 4, nothing written, echo on again', (_name, steps) => {
    const { status, echo } = play(['-c', 'f', 'u'], steps)
    expect({ status, echo: echo.at(-1) }).toEqual({ status: 4, echo: true })
    expect(existsSync(join(folder, 'f'))).toBe(false)
  })

  test('if the terminal goes away: SIGHUP, without a core dump', () => {
    const { status, terminal } = play(['-c', 'f', 'u'], [{ type: 'half a pass', hangup: true }])
    expect(status).toBe('signal 1')
    expect(terminal).toBe('New password: ')
    expect(existsSync(join(folder, 'f'))).toBe(false)
  })

  test('after a stop and a continuation echo is off again', () => {
    const { status, terminal, echo } = play(
      ['-cs', 'f', 'u'],
      [{ type: 'pw\r', continued: true }, { type: 'pw\r' }],
    )
    expect({ status, echo: echo.at(-1) }).toEqual({ status: 0, echo: true })
    expect(terminal).not.toContain('pw')
  })

  test('serve --init asks for the password of its first user, then serves until Ctrl-C', () => {
    const steps = [{ type: 'pw\r' }, { type: 'pw\r' }, { signal: 'SIGINT', after: 'Open ' }]
    const { status, terminal, echo } = play(['serve', 'f', '--init', '--demo', '--listen', '0'], steps)
    expect({ status, echo }).toEqual({ status: 0, echo: [false, false, true] })
    expect(terminal).toMatch(
      /^New password for admin: \r\nRe-type new password: \r\nNote: the password .*\r\nCreated f with the user admin\./,
    )
    expect(terminal).toMatch(/Ctrl-C; stopping/)
    expect(terminal).not.toContain('pw')
    expect(readFileSync(join(folder, 'f'), 'utf8')).toMatch(/^admin:\$2y\$12\$/)
  })

  test('a long line can be pasted', () => {
    const long = `${'x'.repeat(255)}\r`
    expect(play(['-ns', 'u'], [{ type: long }, { type: long }])).toMatchObject({ status: 0 })
  })

  test('keys edit the line', () => {
    const keys = 'not this\x15seen\x08cret \x1b[Awörd\x17s3\xc3\xbc\x7f\r'
    play(['-cs', 'f', 'u'], [{ type: keys }, { type: 'seecret s3\n' }])
    expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('u:{SHA}AHM0YMdCuEtrmucg/GCvwm61xdI=\n')
  })

  test('both answers pasted at once', () => {
    expect(play(['-c', 'f', 'u'], [{ type: 'pw\npw\n' }])).toMatchObject({ status: 0, echo: [false, true] })
  })

  test('two that differ: status 3, nothing written, echo on again', () => {
    expect(play(['-c', 'f', 'u'], [{ type: 'pw\r' }, { type: 'px\r' }])).toEqual({
      status: 3,
      terminal: 'New password: \r\nRe-type new password: \r\nhtpasswd: password verification error\r\n',
      echo: [false, false, true],
    })
    expect(existsSync(join(folder, 'f'))).toBe(false)
  })

  test('it asks on the terminal even where standard input is something else', () => {
    const words = ['-c', `exec "$0" "$1" -ns u </dev/null`, process.execPath, bin]
    expect(play(words, [{ type: 'pw\r' }, { type: 'pw\r' }], 'sh').terminal).toContain(
      'u:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=',
    )
  })

  test.skipIf(skipReason({ htpasswd: findProgram('htpasswd') }))(
    'the dialogue is Apache’s, byte for byte',
    () => {
      for (const answers of [
        ['pw\r', 'pw\r'],
        ['pw\r', 'px\r'],
        ['\r', '\r'],
        ['lost\x15pw\r', 'px\x7fw\r'],
      ]) {
        const steps = answers.map(type => ({ type }))
        expect(play(['-ns', 'u'], steps)).toEqual(play(['-ns', 'u'], steps, 'htpasswd'))
      }
    },
  )
})
