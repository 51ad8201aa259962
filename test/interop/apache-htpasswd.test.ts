// Apache's own htpasswd as the oracle: the same commands give the same statuses, messages and files, and each tool
// verifies what the other wrote.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classic } from '../../src/cli/apache/run.ts'
import { cases as commandCases } from '../command/cases.ts'
import { findProgram, skipReason } from '../support/outside-program.ts'
import { recordedIo } from '../support/recorded-io.ts'
import { maskSalts, type Run, readFolder, run, withFolder } from '../support/run.ts'

const ours = [process.execPath, fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))]
const apaches = ['htpasswd']

const masks: [RegExp, string][] = [
  [/\$apr1\$[./\w]{8}\$[./\w]{22}/g, '{apr1}'],
  [/\$2y\$(\d\d)\$[./\w]{53}/g, '{2y:$1}'],
  [/\$([56])\$(rounds=\d+\$)?[./\w]{16}\$[./\w]{43,86}/g, '{$1:$2}'],
  [/(?<=:)[./0-9A-Za-z]{13}(?=\r?\n|$)/g, '{des}'],
]
const mask = (text: string): string =>
  masks.reduce((rest, [pattern, name]) => rest.replace(pattern, name), text)

// without a process for each of ours, hundreds of runs take seconds
async function inProcess(words: readonly string[], input: string | Buffer): Promise<Run> {
  const io = recordedIo({ input })
  const status = await classic(words, io)
  return { status, stdout: io.said.out, stderr: Buffer.from(io.said.err).toString('latin1') }
}
const theirs = (words: readonly string[], stdin: string | Buffer): Promise<Run> =>
  run('htpasswd', words, { stdin })

interface Step {
  readonly args: readonly string[]
  readonly input?: string
}
function play([program = '', ...before]: string[], start: string, steps: readonly Step[]): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'))
  try {
    writeFileSync(join(folder, 'f'), start)
    const results = steps.map(({ args, input = '' }) => {
      // a session of its own, so that no terminal is there to prompt on
      const run = spawnSync('setsid', ['-w', program, ...before, ...args], {
        cwd: folder,
        input: Buffer.from(input),
        encoding: 'latin1',
      })
      return {
        args,
        status: run.status,
        stdout: mask(run.stdout),
        stderr: run.stderr.replace(/((Updat|Delet)ing )+/, '$1'),
      }
    })
    return { results, file: mask(readFileSync(join(folder, 'f'), 'latin1')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const three = 'alice:{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM=\n# note\n\nbob:rqXexS6ZhobKA\ncarol:\n'
const cases: Step[][] = [
  ...['', '-m', '-B', '-2', '-5', '-s', '-d', '-p'].map(flag => [
    { args: ['-b', ...(flag ? [flag] : []), 'f', 'bob', 'new'] },
    { args: ['-vb', 'f', 'bob', 'new'] },
    { args: ['-vb', 'f', 'bob', 'no'] },
    { args: ['-nb', ...(flag ? [flag] : []), 'u', '123456789'] },
  ]),
  [
    { args: ['-D', 'f', 'bob'] },
    { args: ['-D', 'f', 'bob'] },
    { args: ['-vb', 'f', 'carol', 'x'] },
    { args: ['-vb', 'f', 'zz', 'x'] },
  ],
  [
    { args: ['f', 'dave'], input: 'pw\npw\n' },
    { args: ['-v', 'f', 'dave'], input: 'pw\n' },
    { args: ['f', 'dave'], input: 'pw\nno\n' },
  ],
  [
    { args: ['-i', 'f', 'dave'], input: 'pw\r\n' },
    { args: ['-vi', 'f', 'dave'], input: 'pw' },
  ],
  [{ args: ['-cbs', 'f', 'u', 'p'] }],
  [
    { args: [] },
    { args: ['f'] },
    { args: ['-z'] },
    { args: ['-C'] },
    { args: ['-C', 'x', 'f', 'u'] },
    { args: ['-cn', 'f'] },
    { args: ['-nn', 'u'] },
  ],
  [
    { args: ['-nbB', '-C', '6', 'u', 'p'] },
    { args: ['-nb5r', '2000', 'u', 'p'] },
    { args: ['-nbmC7', 'u', 'p'] },
    { args: ['-nb', '--', '-u', 'p'] },
  ],
  [
    { args: ['-bs', 'no', 'u', 'p'] },
    { args: ['-cbs', 'no/no', 'u', 'p'] },
    { args: ['-vb', 'no', 'u', 'p'] },
  ],
  [
    { args: ['-bs', 'f', 'a:b', 'p'] },
    { args: ['-bs', 'f', 'x'.repeat(256), 'p'] },
    { args: ['-bs', 'f', 'x'.repeat(221), 'p'] },
  ],
  [
    { args: ['-nbs', 'u', 'x'.repeat(255)] },
    { args: ['-nbs', 'u', 'x'.repeat(256)] },
    { args: ['-nis', 'u'], input: 'x'.repeat(256) },
  ],
]

const programs = { htpasswd: findProgram('htpasswd'), setsid: findProgram('setsid') }
const missing = process.platform === 'win32' ? 'needs POSIX' : skipReason(programs)
describe.skipIf(missing)('beside Apache’s htpasswd', () => {
  test.each(
    cases.map(
      steps =>
        [steps.map(({ args }) => args.map(word => word.slice(0, 20)).join(' ')).join(' | '), steps] as const,
    ),
  )('%s', (_name, steps) => expect(play(ours, three, steps)).toEqual(play(apaches, three, steps)))

  // what test/cli/main.test.ts expects of ours is what Apache's does, wherever the rule says so
  test.each(commandCases.filter(({ ours }) => !ours))(
    'the rule "$rule" is Apache’s',
    async ({ args, stdin, files = {}, status, stdout, stderr, after }) => {
      await withFolder(files, async cwd => {
        const real = await run('htpasswd', args, { cwd, stdin: Buffer.from(stdin ?? '', 'latin1') })
        expect(real.stderr).toEqual(stderr instanceof RegExp ? expect.stringMatching(stderr) : (stderr ?? ''))
        expect(maskSalts(real.stdout)).toBe(stdout ?? '')
        expect(real.status).toBe(status)
        const found = Object.entries(readFolder(cwd)).map(([name, text]) => [name, maskSalts(text)])
        expect(Object.fromEntries(found)).toEqual(after ?? files)
      })
    },
  )

  test.concurrent.each(['-m', '-B', '-2', '-5', '-s', '-d'])(
    '%s: each verifies what the other wrote, in any bytes',
    async flag => {
      const passwords = ['', 'secret', 'pässwörd €', '日本語', ' \t blanks ', 'x'.repeat(72)].map(Buffer.from)
      const bytes = [Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('j\xfcrgen', 'latin1')]
      await withFolder({ f: '' }, async cwd => {
        for (const password of [...passwords, ...bytes]) {
          const line = Buffer.concat([password, Buffer.from('\n')])
          // another beginning, for DES looks at no more than that
          const wrong = Buffer.concat([Buffer.from('?'), line])
          for (const [writes, checks] of [
            [theirs, inProcess],
            [inProcess, theirs],
          ] as const) {
            expect(await writes(['-i', flag, join(cwd, 'f'), 'u'], line)).toMatchObject({ status: 0 })
            expect(await checks(['-vi', join(cwd, 'f'), 'u'], line)).toMatchObject({ status: 0 })
            expect(await checks(['-vi', join(cwd, 'f'), 'u'], wrong)).toMatchObject({ status: 3 })
          }
        }
      })
    },
  )

  const user = fc.constantFrom('alice', 'bob', 'Bob', 'a b', 'münchen', '日本')
  const password = fc.string({ unit: fc.constantFrom(...'abcZ09 äß😀$!#*":\\'), minLength: 1, maxLength: 12 })
  const flag = fc.constantFrom('m', 's', 'B', '2', '5', 'd')
  const oneStep = fc.oneof(
    fc.tuple(flag, user, password).map(([f, u, p]): Step => ({ args: [`-b${f}`, 'f', u, p] })),
    fc.tuple(flag, user, password).map(([f, u, p]): Step => ({ args: [`-i${f}`, 'f', u], input: `${p}\n` })),
    fc
      .tuple(flag, user, password)
      .map(([f, u, p]): Step => ({ args: [`-${f}`, 'f', u], input: `${p}\n${p}\n` })),
    fc.tuple(user, password).map(([u, p]): Step => ({ args: ['-cbs', 'f', u, p] })),
    user.map((u): Step => ({ args: ['-D', 'f', u] })),
    fc.tuple(user, password).map(([u, p]): Step => ({ args: ['-vb', 'f', u, p] })),
  )
  const line = fc.constantFrom(
    '',
    '# note',
    ' \t',
    'alice:{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM=',
    'bob:',
    ' bob:!x',
    'a b:*',
  )
  const file = fc.array(line, { maxLength: 5 }).map(lines => lines.map(one => `${one}\n`).join(''))
  const masked = ({ status, stdout, stderr }: Run) => ({
    status,
    stdout: maskSalts(stdout),
    stderr: stderr.replace(/((Updat|Delet)ing )+/, '$1'),
  })

  test('random series agree, and each tool verifies what the other one wrote', async () => {
    const series = fc.array(oneStep, { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(file, series, flag, user, password, (start, steps, f, u, p) =>
        withFolder({ f: start }, ours =>
          withFolder({ f: start }, async apaches => {
            for (const { args, input = '' } of [...steps, { args: [`-b${f}`, 'f', u, p] }]) {
              const inFolder = (folder: string) => args.map(word => (word === 'f' ? join(folder, 'f') : word))
              const real = await theirs(inFolder(apaches), input)
              expect(masked(await inProcess(inFolder(ours), input))).toEqual(masked(real))
              expect(maskSalts(readFolder(ours).f ?? '')).toBe(maskSalts(readFolder(apaches).f ?? ''))
            }
            expect(await theirs(['-vb', join(ours, 'f'), u, p], '')).toMatchObject({ status: 0 })
            expect(await inProcess(['-vb', join(apaches, 'f'), u, p], '')).toMatchObject({ status: 0 })
          }),
        ),
      ),
      { numRuns: 60 },
    )
  })
})
