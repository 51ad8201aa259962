// Apache's grammar: its options in one table, the usage text made from it, and the parser (apr_getopt, check_args).
import type { ByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import type { FormatId } from '../../hash/registry.ts'

/** What the command does with the record. */
type Mode = 'update' | 'create' | 'print' | 'verify' | 'delete'
/** Where the password comes from. */
type Source = 'prompt' | 'argument' | 'stdin'

interface Option {
  readonly letter: string
  /** Lines of the usage text. */
  readonly describe: readonly string[]
  readonly mode?: Mode
  readonly source?: Source
  readonly format?: FormatId
  readonly takesValue?: true
}

/** In the order of the usage text. */
export const classicOptions = [
  { letter: 'c', mode: 'create', describe: ['Create a new file.'] },
  { letter: 'n', mode: 'print', describe: ["Don't update file; display results on stdout."] },
  {
    letter: 'b',
    source: 'argument',
    describe: ['Use the password from the command line rather than prompting for it.'],
  },
  {
    letter: 'i',
    source: 'stdin',
    describe: ['Read password from stdin without verification (for script usage).'],
  },
  { letter: 'm', format: 'apr1', describe: ['Force MD5 hashing of the password (default).'] },
  { letter: '2', format: 'sha256crypt', describe: ['Force SHA-256 hashing of the password (secure).'] },
  { letter: '5', format: 'sha512crypt', describe: ['Force SHA-512 hashing of the password (secure).'] },
  { letter: 'B', format: 'bcrypt', describe: ['Force bcrypt hashing of the password (very secure).'] },
  {
    letter: 'C',
    takesValue: true,
    describe: [
      'Set the computing time used for the bcrypt algorithm',
      '(higher is more secure but slower, default: 5, valid: 4 to 17).',
    ],
  },
  {
    letter: 'r',
    takesValue: true,
    describe: [
      'Set the number of rounds used for the SHA-256, SHA-512 algorithms',
      '(higher is more secure but slower, default: 5000).',
    ],
  },
  { letter: 'd', format: 'des', describe: ['Force CRYPT hashing of the password (8 chars max, insecure).'] },
  { letter: 's', format: 'sha1', describe: ['Force SHA-1 hashing of the password (insecure).'] },
  { letter: 'p', format: 'plaintext', describe: ['Do not hash the password (plaintext, insecure).'] },
  { letter: 'D', mode: 'delete', describe: ['Delete the specified user.'] },
  { letter: 'v', mode: 'verify', describe: ['Verify password for the specified user.'] },
] as const satisfies readonly Option[]

/** The four forms of the command. */
export const synopsis = [
  'htpasswd [-cimB25dpsDv] [-C cost] [-r rounds] passwordfile username',
  'htpasswd -b[cmB25dpsDv] [-C cost] [-r rounds] passwordfile username password',
  '',
  'htpasswd -n[imB25dps] [-C cost] [-r rounds] username',
  'htpasswd -nb[mB25dps] [-C cost] [-r rounds] username password',
] as const

/** Apache's usage text, byte for byte. */
export function usage(): string {
  const options = classicOptions.map(({ letter, describe }) => ` -${letter}  ${describe.join('\n     ')}`)
  const forms = synopsis.map(form => (form === '' ? '' : `\t${form}`))
  return `${['Usage:', ...forms, ...options].join('\n')}
On other systems than Windows and NetWare the '-p' flag will probably not work.
The SHA-1 algorithm does not use a salt and is less secure than the MD5 algorithm.
`
}

/** One command in Apache's grammar, understood. */
export interface ClassicCommand {
  readonly mode: Mode
  readonly source: Source
  readonly format: FormatId
  /** Whether `-p` stands there at all: Apache's command warns of it even where another format counts. */
  readonly namesPlaintext: boolean
  /** Whether an empty standard input is an empty password, as `-b` beside `-i` has it in Apache's command. */
  readonly acceptsEmptyInput: boolean
  /** The value of `-C` or `-r`, whichever came last. */
  readonly work: number | undefined
  /** Absent with `-n`. */
  readonly file: string | undefined
  readonly user: string
  /** With `-b`. */
  readonly password: string | undefined
  /** By our long options; undefined where there is none of them. */
  readonly given: GivenPassword | undefined
}

/** A password that nobody types. */
export interface GivenPassword {
  /** Its bytes. */
  read(env: NodeJS.ProcessEnv): ByteString
  /**
   * Carries out what writes the record, and hands a made-up password over.
   *
   * @param file where the record goes; undefined for standard output.
   * @returns whether the password has to be shown: it was made up, and nothing else has it.
   */
  handOver(password: ByteString, file: string | undefined, write: () => Promise<void>): Promise<boolean>
}

/** Our long options, which stand among Apache's; read by classic-long-options.ts, which few runs need. */
export interface LongOptions {
  /** Takes the option at a place, and gives the place behind it. */
  take(argv: readonly string[], at: number): number
  /** Takes the argument that an option may have, where it was the last one; gives the place of the first word. */
  takeArgument(argv: readonly string[], at: number, wordsNeeded: number): number
  /**
   * @param sources the letters that say where the password comes from, such as `-b`.
   * @throws HtpasswdError `ERR_USAGE` for a value that does not fit, and where the options do not go together.
   */
  given(mode: Mode, sources: readonly string[]): GivenPassword | undefined
}

/** A mistake in the words of the command; `text` is what goes to standard error. */
export class UsageError extends HtpasswdError {
  readonly text: string

  constructor(message: string, withUsage: boolean) {
    super('ERR_USAGE', message)
    this.text = `${message === '' ? '' : `htpasswd: ${message}\n`}${withUsage ? usage() : ''}`
  }
}

/** @param word without what stands behind its `=`, which may be a password. */
export const unknownOption = (word: string, hint = 'see htpasswd --help'): UsageError =>
  new UsageError(`unknown option ${word}; ${hint}`, true)

/** strtol in base 10 with nothing behind it, and above zero. */
function positiveInteger(text: string): number {
  const value = /^[\s\v]*\+?\d+$/.test(text) ? Number(text) : 0
  if (value > 0) return value
  throw new UsageError('argument to -C/-r must be a positive integer', false)
}

/**
 * Parses the words behind the program's name.
 *
 * @throws UsageError as Apache's command would end with status 2, and for an unknown `--word`, which it takes for the
 *   end of the options.
 */
export function parseClassic(argv: readonly string[], long?: LongOptions): ClassicCommand {
  const modes = new Set<Mode>()
  let prints = 0
  let source: Source = 'prompt'
  let format: FormatId = 'apr1'
  let namesPlaintext = false
  let acceptsEmptyInput = false
  let work: number | undefined
  const sources = new Set<string>()
  let next = 0
  for (; /^-./s.test(argv[next] ?? ''); next++) {
    const word = argv[next] as string
    if (word === '--') {
      next++
      break
    }
    if (word.startsWith('--')) {
      if (long === undefined) throw unknownOption(word)
      next = long.take(argv, next) - 1
      continue
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] as string
      const option: Option | undefined = classicOptions.find(one => one.letter === letter)
      if (option === undefined)
        throw new UsageError(
          `illegal option -- ${String.fromCodePoint(word.codePointAt(at) as number)}`,
          true,
        )
      if (option.takesValue) {
        const value = word.slice(at + 1) || argv[++next]
        if (value === undefined) throw new UsageError(`option requires an argument -- ${letter}`, true)
        work = positiveInteger(value)
        break
      }
      if (option.mode !== undefined) modes.add(option.mode)
      if (option.mode === 'print') prints++
      if (option.source !== undefined) sources.add(`-${letter}`)
      source = option.source ?? source
      acceptsEmptyInput ||= option.source === 'argument'
      namesPlaintext ||= option.format === 'plaintext'
      format = option.format ?? format
    }
  }
  if (modes.size > 1) throw new UsageError('only one of -c -n -v -D may be specified', false)
  const [mode = 'update'] = modes
  // each -n takes one word off, as in the real one, where -nn wants none at all
  const needed = 2 - prints + (source === 'argument' ? 1 : 0)
  if (long !== undefined) next = long.takeArgument(argv, next, needed)
  const given = long?.given(mode, [...sources])
  const words = argv.slice(next)
  if (words.length !== needed) throw new UsageError('', true)
  const file = mode === 'print' ? undefined : words.shift()
  const [user = '', password] = words
  return { mode, source, format, namesPlaintext, acceptsEmptyInput, work, file, user, password, given }
}
