// Apache's own htpasswd as the oracle: the same commands give the same statuses, messages and files, and each tool
// verifies what the other wrote.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInstalled } from './servers.ts'

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

interface Step {
  readonly args: readonly string[]
  readonly input?: string
}
function play(
  [program = '', ...before]: string[],
  start: string,
  steps: readonly Step[],
  keep?: (folder: string) => void,
): unknown {
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
    keep?.(folder)
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
    { args: ['-bs', '.', 'u', 'p'] },
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

const possible = process.platform !== 'win32' && isInstalled('htpasswd') && isInstalled('setsid', 'true')
describe.skipIf(!possible)('beside Apache’s htpasswd (apache2-utils is needed)', () => {
  test.each(
    cases.map(
      steps =>
        [steps.map(({ args }) => args.map(word => word.slice(0, 20)).join(' ')).join(' | '), steps] as const,
    ),
  )('%s', (_name, steps) => expect(play(ours, three, steps)).toEqual(play(apaches, three, steps)))

  const user = fc.constantFrom('alice', 'bob', 'Bob', 'a b', 'münchen', '日本')
  const password = fc.string({ unit: fc.constantFrom(...'abcZ09 äß😀$!#*":\\'), minLength: 1, maxLength: 12 })
  const flag = fc.constantFrom('m', 's', 'B', '2', '5', 'd')
  const step = fc.oneof(
    fc.tuple(flag, user, password).map(([f, u, p]): Step => ({ args: [`-b${f}`, 'f', u, p] })),
    fc.tuple(flag, user, password).map(([f, u, p]): Step => ({ args: [`-i${f}`, 'f', u], input: `${p}\n` })),
    user.map((u): Step => ({ args: ['-D', 'f', u] })),
    fc.tuple(user, password).map(([u, p]): Step => ({ args: ['-vb', 'f', u, p] })),
  )

  test('random series agree, and each tool verifies what the other wrote', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 3 }), flag, user, password, (steps, f, u, p) => {
        const last: Step = { args: [`-b${f}`, 'f', u, p] }
        const check =
          ([program = '', ...words]: string[]) =>
          (folder: string) => {
            const run = spawnSync(program, [...words, '-vb', 'f', u, p], { cwd: folder })
            expect(run.status).toBe(0)
          }
        expect(play(ours, three, [...steps, last], check(apaches))).toEqual(
          play(apaches, three, [...steps, last], check(ours)),
        )
      }),
      { numRuns: 25 },
    )
  })
})
