// Our long options beside Apache's letters: other sources of the password, and how the file is written.
import type { ByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import { rejectUnencodablePath } from '../arguments.ts'
import { nearestName } from '../options/nearest-name.ts'
import { inPlaceOption, type Option, type OptionTable } from '../options/table.ts'
import { isToBeShown, rejectLostOutput, updateWith } from '../password/generated.ts'
import { type PasswordValues, passwordOptions } from '../password/options.ts'
import { generationOf, givenOptions, passwordFrom, rejectSeveral } from '../password/source.ts'
import type { Io } from '../terminal/io.ts'
import {
  type ClassicCommand,
  type GivenPassword,
  type LongOptionParser,
  type LongOptions,
  UsageError,
  unknownOption,
} from './grammar.ts'
import { classic, type Explain } from './run.ts'

/** By their names; each switch has no argument. */
export const longOptions = { ...passwordOptions, 'in-place': inPlaceOption } as const satisfies OptionTable

const rows: ReadonlyMap<string, Option> = new Map(Object.entries(longOptions))

/** Runs a command in Apache's grammar with long options. */
export const classicWithLongOptions = (argv: readonly string[], io: Io, explain?: Explain): Promise<number> =>
  classic(argv, io, explain, new CollectedOptions())

/** The long options of one command line. */
export class CollectedOptions implements LongOptionParser {
  readonly #texts = new Map<string, string>()
  #inPlace = false
  /** The option whose argument may be the first positional, and the index after it. */
  #open: { readonly name: string; readonly row: Option; readonly end: number } | undefined

  take(argv: readonly string[], index: number): number {
    const { name, row, value } = split(argv[index] as string)
    if (row.argument === undefined) {
      if (value !== undefined) throw new UsageError(`--${name} takes no argument`, true)
      this.#inPlace = true
      return index + 1
    }
    if (value === undefined && row.optionalArgument === undefined) {
      const next = argv[index + 1]
      if (next === undefined) throw new UsageError(`--${name} needs ${row.argument}`, true)
      this.#texts.set(name, next)
      return index + 2
    }
    this.#texts.set(name, value ?? (row.optionalArgument as string))
    if (value === undefined) this.#open = { name, row, end: index + 1 }
    return index + 1
  }

  takeArgument(argv: readonly string[], index: number, positionals: number): number {
    if (this.#open?.end !== index || argv.length - index <= positionals) return index
    const { name, row } = this.#open
    // `--generate 24 -B users alice`: Apache's options end at the first positional
    if (argv[index + 1]?.startsWith('-')) {
      const message = `write --${name}=${row.argument?.replace(/[[\]]/g, '')} if other options follow`
      throw new UsageError(message, true)
    }
    if (argv.length - index > positionals + 1) return index
    this.#texts.set(name, argv[index] as string)
    return index + 1
  }

  finish(mode: ClassicCommand['mode'], sources: readonly string[]): LongOptions {
    if (this.#inPlace && (mode === 'print' || mode === 'verify'))
      throw refusal(`${mode === 'print' ? '-n' : '-v'} writes no file, got --in-place`)
    const isExtended = this.#inPlace || this.#texts.size > 0
    return { isExtended, inPlace: this.#inPlace, given: this.#given(mode, sources) }
  }

  #given(mode: ClassicCommand['mode'], sources: readonly string[]): GivenPassword | undefined {
    if (this.#texts.size === 0) return undefined
    const values = this.values()
    const [first] = givenOptions(values)
    if (mode === 'delete') throw refusal(`-D needs no password, got ${first}`)
    if (mode === 'verify' && generationOf(values) !== undefined)
      throw refusal(`-v checks a password and generates none, got ${first}`)
    rejectSeveral(values, sources)
    rejectUnencodablePath(values['password-file'])
    rejectUnencodablePath(values['generate-to'])
    const isShown = isToBeShown(values)
    return {
      isShown,
      read: io => {
        // -n prints the record on standard output, so the password goes to standard error
        if (isShown) rejectLostOutput(io, mode === 'print' ? 2 : 1)
        return passwordFrom(values, io.env) as ByteString
      },
      store: async (password, file, write) => {
        await updateWith(values, password, file, () => write().then(() => true))
      },
    }
  }

  values(): PasswordValues {
    const names = Object.keys(passwordOptions) as (keyof PasswordValues)[]
    return Object.fromEntries(
      names.map(name => [name, read(name, passwordOptions[name], this.#texts.get(name))]),
    ) as PasswordValues
  }
}

const refusal = (message: string): HtpasswdError => new HtpasswdError('ERR_USAGE', `${message}; leave it out`)

function split(argument: string): { name: string; row: Option; value: string | undefined } {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? []
  const row = rows.get(name)
  if (row !== undefined) return { name, row, value }
  const nearest = nearestName(name, [...rows.keys(), 'help', 'version'])
  // for --help, which is an option only in the first place, the default hint says that
  throw unknownOption(`--${name}`, nearest && nearest !== name ? `did you mean --${nearest}?` : undefined)
}

function read(name: string, row: Option, text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return row.read?.(text)
  } catch (error) {
    throw new HtpasswdError('ERR_USAGE', `--${name} ${(error as Error).message}`, { cause: error })
  }
}
