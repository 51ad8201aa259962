// Every way of changing a password file, as a program, so that a test can run it as another user or in a namespace.
import { findProgram, skipReason } from './outside-program.ts'
import { bin, dist, isRoot } from './scratch.ts'

const ALICE = 'alice:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n'

/** A change of a file with the user alice. */
export interface Change {
  readonly name: string
  readonly before: string
  readonly stdin?: string
  /** Node's arguments. */
  readonly args: (file: string) => string[]
  /** Whether it is made by the command, so that it takes options such as `--in-place`. */
  readonly takesOptions: boolean
  /** The users afterwards. */
  readonly users: readonly string[]
}

const command = (
  name: string,
  args: (file: string) => string[],
  users: readonly string[],
  more: Partial<Change> = {},
): Change => ({
  name,
  before: ALICE,
  args: file => [bin, ...args(file)],
  takesOptions: true,
  users,
  ...more,
})

const library = (name: string, code: string, users: readonly string[]): Change => ({
  name,
  before: ALICE,
  args: file => [
    '--input-type=module',
    '-e',
    `import { HtpasswdFile } from ${dist}\nconst [file] = process.argv.slice(1)\n${code}`,
    '--',
    file,
  ],
  takesOptions: false,
  users,
})

export const changes: readonly Change[] = [
  command('-b', file => ['-bs', file, 'bob', 'b'], ['alice', 'bob']),
  command('-D', file => ['-D', file, 'alice'], []),
  command('-c', file => ['-cbs', file, 'bob', 'b'], ['bob']),
  command('fix', file => ['fix', '--yes', file], ['alice'], { before: ALICE.replace('\n', '\r\n') }),
  command('import', file => ['import', '--hash', 'sha1', file], ['alice', 'bob'], { stdin: 'bob:builder\n' }),
  library('HtpasswdFile.update', "await HtpasswdFile.update(file, document => document.set('bob', '!'))", [
    'alice',
    'bob',
  ]),
  library(
    'setPassword',
    "await (await HtpasswdFile.open(file)).setPassword('bob', 'b', { format: 'sha1' })",
    ['alice', 'bob'],
  ),
]

/** The users in the text of a password file. */
export const usersIn = (text: string): string[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.slice(0, line.indexOf(':')))

/** Why a test that needs root on Linux, and these programs, is skipped; in CI that is a failure. */
export function rootSkipReason(...programs: string[]): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  return skipReason({
    root: isRoot ? 'root' : undefined,
    ...Object.fromEntries(programs.map(name => [name, findProgram(name)])),
  })
}
