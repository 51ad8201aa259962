// Apache's grammar: its options in one table, the usage text made from it, and the parser (apr_getopt, check_args).
import type { ByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import type { FormatId } from '../../hash/registry.ts'
import type { Io } from '../terminal/io.ts'

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

/** The forms of the command. */
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

/** One command in Apache's grammar, parsed. */
export interface ClassicCommand extends LongOptions {
  readonly mode: Mode
  readonly source: Source
  /** Undefined if no letter names one. */
  readonly format: FormatId | undefined
  /** Whether `-p` was given at all: Apache's command warns of it even if a later letter replaces it. */
  readonly namesPlaintext: boolean
  /** Whether an empty standard input is an empty password, as it is for `-b` with `-i` in Apache's command. */
  readonly acceptsEmptyInput: boolean
  /** The value of `-C` or `-r`, whichever came last. */
  readonly work: number | undefined
  /** Undefined with `-n`. */
  readonly file: string | undefined
  readonly user: string
  /** The password argument of `-b`. */
  readonly password: string | undefined
}

/** The values of our long options. */
export interface LongOptions {
  /** Whether there is any: then this is not a command line of Apache's. */
  readonly isExtended: boolean
  readonly inPlace: boolean
  /** The source of the password, if a long option names one. */
  readonly given: GivenPassword | undefined
}

const noLongOptions: LongOptions = { isExtended: false, inPlace: false, given: undefined }

/** A password that is not typed at a prompt. */
export interface GivenPassword {
  /** Whether the password is generated and has to be shown, because no file receives it. */
  readonly isShown: boolean
  /** @throws HtpasswdError `ERR_OUTPUT` if it could not be shown. */
  read(io: Pick<Io, 'env' | 'canDeliver'>): ByteString
  /**
   * Runs `write`, which stores the record, after the password was written to the file of `--generate-to`.
   *
   * @param file where the record goes; undefined for standard output.
   */
  store(password: ByteString, file: string | undefined, write: () => Promise<void>): Promise<void>
}

/** Collects our long options; implemented in long-options.ts, which most runs do not load. */
export interface LongOptionParser {
  /** Parses the option at an index; returns the index after it. */
  take(argv: readonly string[], index: number): number
  /** Parses the optional argument of the last option; returns the index of the first positional. */
  takeArgument(argv: readonly string[], index: number, positionals: number): number
  /**
   * @param sources the letters that say where the password comes from, such as `-b`.
   * @throws HtpasswdError `ERR_USAGE` for an invalid value, and for options that exclude each other.
   */
  finish(mode: Mode, sources: readonly string[]): LongOptions
}

/** An error in the arguments; `text` is what goes to standard error. */
export class UsageError extends HtpasswdError {
  readonly text: string
  /** What was expected, where Apache's command prints nothing but the usage text. */
  readonly expected: string | undefined

  constructor(message: string, withUsage: boolean, expected?: string) {
    super('ERR_USAGE', message)
    this.expected = expected
    this.text = `${message === '' ? '' : `htpasswd: ${message}\n`}${withUsage ? usage() : ''}`
  }
}

/** @param argument the option without its `=VALUE`, which may be a password. */
export const unknownOption = (argument: string, hint = 'see htpasswd --help'): UsageError =>
  new UsageError(`unknown option ${argument}; ${hint}`, true)

/** As strtol in base 10: the whole text must be a number above zero. */
function positiveInteger(text: string): number {
  const value = /^[\s\v]*\+?\d+$/.test(text) ? Number(text) : 0
  if (value > 0) return value
  throw new UsageError('argument to -C/-r must be a positive integer', false)
}

function expectation(mode: Mode, source: Source, number: number): string {
  const names = [
    ...(mode === 'print' ? [] : ['passwordfile']),
    'username',
    ...(source === 'argument' ? ['password'] : []),
  ]
  const isPassword = source === 'prompt' && number === names.length + 1 && mode !== 'delete'
  const hint = isPassword ? '; a password as an argument needs -b' : ''
  return `expected ${names.join(' ')}, got ${number} argument${number === 1 ? '' : 's'}${hint}`
}

/**
 * Parses the arguments.
 *
 * @throws UsageError if Apache's command would end with status 2, and for an unknown `--option`, which Apache's command
 *   takes for the end of the options.
 */
export function parseClassic(argv: readonly string[], long?: LongOptionParser): ClassicCommand {
  const modes = new Set<Mode>()
  let prints = 0
  let source: Source = 'prompt'
  let format: FormatId | undefined
  let namesPlaintext = false
  let acceptsEmptyInput = false
  let work: number | undefined
  const sources = new Set<string>()
  let next = 0
  for (; /^-./s.test(argv[next] ?? ''); next++) {
    const argument = argv[next] as string
    if (argument === '--') {
      next++
      break
    }
    if (argument.startsWith('--')) {
      if (long === undefined) throw unknownOption(argument)
      next = long.take(argv, next) - 1
      continue
    }
    for (let i = 1; i < argument.length; i++) {
      const letter = argument[i] as string
      const option: Option | undefined = classicOptions.find(row => row.letter === letter)
      if (option === undefined)
        throw new UsageError(
          `illegal option -- ${String.fromCodePoint(argument.codePointAt(i) as number)}`,
          true,
        )
      if (option.takesValue) {
        const value = argument.slice(i + 1) || argv[++next]
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
  // each -n reduces the number of positionals by one, as in Apache's command, where -nn takes none at all
  const needed = 2 - prints + (source === 'argument' ? 1 : 0)
  if (long !== undefined) next = long.takeArgument(argv, next, needed)
  const extended = long?.finish(mode, [...sources]) ?? noLongOptions
  const positionals = argv.slice(next)
  if (positionals.length !== needed)
    throw new UsageError('', true, expectation(mode, source, positionals.length))
  const file = mode === 'print' ? undefined : positionals.shift()
  const [user = '', password] = positionals
  return {
    mode,
    source,
    format,
    namesPlaintext,
    acceptsEmptyInput,
    work,
    file,
    user,
    password,
    ...extended,
  }
}
