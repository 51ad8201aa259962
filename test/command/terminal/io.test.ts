// The real surroundings, seen from outside: the built command with pipes that are read late, closed or missing.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { processIo } from '../../../src/cli/terminal/io.ts'
import { withFolder } from '../../support/run.ts'

const bin = fileURLToPath(new URL('../../../bin/htpasswd.js', import.meta.url))
const run = (words: string[], input: string | Buffer) =>
  spawnSync(process.execPath, [bin, ...words], { input, encoding: 'latin1' })

test('it is this process’s', () => {
  expect(processIo.platform).toBe(process.platform)
  expect(processIo.env).toBe(process.env)
})

test('input that comes in pieces is read whole', async () => {
  const child = spawn(process.execPath, [bin, '-nis', 'u'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const output = new Promise<string>(resolve => child.stdout.once('data', data => resolve(String(data))))
  child.stdin.write('p')
  await new Promise(resolve => child.stdin.write('w', resolve))
  child.stdin.end('\n')
  expect(await output).toBe('u:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n\n')
})

test('-i reads no more of an endless input than it needs', () => {
  expect(run(['-nis', 'u'], Buffer.alloc(1 << 20, 'x'))).toMatchObject({ status: 5, stdout: '' })
})

describe.skipIf(process.platform === 'win32')('output that cannot be written', () => {
  const shell = (line: string, cwd: string) => {
    // the status of the command itself, also in front of a pipe
    const script = `kit() { ("$NODE" "$BIN" "$@"); echo "status $?" >&2; }; ${line}`
    const env = { ...process.env, NODE: process.execPath, BIN: bin }
    const { stderr } = spawnSync('bash', ['-c', script], { cwd, env, encoding: 'utf8' })
    return stderr
  }
  const full = existsSync('/dev/full') ? '>/dev/full' : '>&-'
  const commands = [
    '-nbs u p',
    '--help',
    'list users',
    'list users --json',
    'check users',
    'serve --help',
    'completion bash',
  ]

  test.skipIf(full === '>&-').each(commands)('%s on a full device: one line', command =>
    withFolder({ users: 'ann:x\n' }, async cwd => {
      const lines = shell(`kit ${command} ${full}`, cwd).trimEnd().split('\n')
      expect(lines).toEqual([
        expect.stringMatching(/^htpasswd.*: cannot write to standard output: no space left on the device$/),
        'status 1',
      ])
    }),
  )

  test('a reader that has ended: one line', () =>
    withFolder({ users: 'ann:x\n' }, async cwd => {
      // the reader has closed its side before the command starts
      const line = 'mkfifo pipe; exec 3<>pipe; exec 4>pipe; exec 3<&-; kit -nbs u p >&4'
      expect(shell(line, cwd)).toBe(
        'htpasswd: cannot write to standard output: the program that read it has ended\nstatus 1\n',
      )
    }))

  test.each([
    ['a full device', full],
    ['the null device', '>/dev/null'],
    ['a closed output', '>&-'],
  ])('a generated password on %s: the record stays as it was', (_name, redirection) =>
    withFolder({ users: 'ann:x\n', 'new.csv': 'user,password\nbob,\n' }, async cwd => {
      for (const command of ['--generate users ann', 'import users new.csv --generate --hash sha1']) {
        expect(shell(`kit ${command} ${redirection}`, cwd)).toMatch(/standard output.*\nstatus 1\n$/)
        expect(readFileSync(join(cwd, 'users'), 'utf8')).toBe('ann:x\n')
      }
    }),
  )

  test('a generated password with -n, and that of serve --init, need a standard error', () =>
    withFolder({}, async cwd => {
      for (const command of ['-n --generate ann', 'serve users --init --demo --generate'])
        expect(shell(`"$NODE" "$BIN" ${command} 2>/dev/null; echo "status $?" >&2`, cwd)).toBe('status 1\n')
      expect(existsSync(join(cwd, 'users'))).toBe(false)
    }))

  test.each(['2>/dev/full', '2>&-'])('a message that cannot be written is no error: %s', redirection =>
    withFolder({ users: 'ann:x\n' }, async cwd => {
      if (!existsSync('/dev/full')) return
      expect(shell(`"$NODE" "$BIN" -bs users bob b ${redirection}; echo "status $?" >&2`, cwd)).toBe(
        'status 0\n',
      )
      expect(readFileSync(join(cwd, 'users'), 'utf8')).toContain('bob:{SHA}')
    }),
  )
})

test('standard output has nothing but the record', () => {
  expect(run(['-ns', 'u'], 'pw\npw\n')).toMatchObject({
    stdout: 'u:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n\n',
    stderr: 'New password: Re-type new password: ',
  })
})
