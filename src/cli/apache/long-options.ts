// Our long options among Apache's letters: where a password comes from when nobody types it.
import type { ByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'
import { nearestName } from '../options/nearest-name.ts'
import type { Option, OptionTable } from '../options/table.ts'
import { isToBeShown, updateWith } from '../password/generated.ts'
import { type PasswordValues, passwordOptions } from '../password/options.ts'
import { generationOf, givenOptions, passwordFrom, rejectSeveral } from '../password/source.ts'
import type { Io } from '../terminal/io.ts'
import {
  type ClassicCommand,
  type GivenPassword,
  type LongOptions,
  UsageError,
  unknownOption,
} from './grammar.ts'
import { classic } from './run.ts'

/** In Apache's grammar beside its letters. */
export const longOptions: OptionTable = passwordOptions

const rows: ReadonlyMap<string, Option> = new Map(Object.entries(longOptions))

/** The command in Apache's grammar with these beside it. */
export const classicWithLongOptions = (argv: readonly string[], io: Io): Promise<number> =>
  classic(argv, io, new ReadOptions())

/** The long options of one command line. */
export class ReadOptions implements LongOptions {
  readonly #texts = new Map<string, string>()
  /** The option whose argument may be the first word behind the options, and the place behind it. */
  #open: { readonly name: string; readonly row: Option; readonly end: number } | undefined

  take(argv: readonly string[], at: number): number {
    const { name, row, value } = split(argv[at] as string)
    if (value === undefined && row.optionalArgument === undefined) {
      const next = argv[at + 1]
      if (next === undefined) throw new UsageError(`--${name} expected ${row.argument} behind it`, true)
      this.#texts.set(name, next)
      return at + 2
    }
    this.#texts.set(name, value ?? (row.optionalArgument as string))
    if (value === undefined) this.#open = { name, row, end: at + 1 }
    return at + 1
  }

  takeArgument(argv: readonly string[], at: number, wordsNeeded: number): number {
    if (this.#open?.end !== at || argv.length - at <= wordsNeeded) return at
    const { name, row } = this.#open
    // `--generate 24 -B users alice`: Apache's options end at their first word
    if (argv[at + 1]?.startsWith('-')) {
      const message = `--${name} expected its ${row.argument} behind a "=" in front of other options`
      throw new UsageError(message, true)
    }
    if (argv.length - at > wordsNeeded + 1) return at
    this.#texts.set(name, argv[at] as string)
    return at + 1
  }

  given(mode: ClassicCommand['mode'], sources: readonly string[]): GivenPassword | undefined {
    if (this.#texts.size === 0) return undefined
    const values = this.values()
    const [first] = givenOptions(values)
    if (mode === 'delete') throw refusal(`-D asks for no password, got ${first}`)
    if (mode === 'verify' && generationOf(values) !== undefined)
      throw refusal(`-v checks a password and makes none, got ${first}`)
    rejectSeveral(values, sources)
    return {
      read: env => passwordFrom(values, env) as ByteString,
      handOver: async (password, file, write) => {
        await updateWith(values, password, file, () => write().then(() => true))
        return isToBeShown(values)
      },
    }
  }

  values(): PasswordValues {
    const entries = [...rows].map(([name, row]) => [name, read(name, row, this.#texts.get(name))])
    return Object.fromEntries(entries) as PasswordValues
  }
}

const refusal = (message: string): HtpasswdError => new HtpasswdError('ERR_USAGE', `${message}; leave it out`)

function split(word: string): { name: string; row: Option; value: string | undefined } {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const row = rows.get(name)
  if (row !== undefined) return { name, row, value }
  const nearest = nearestName(name, [...rows.keys()])
  throw unknownOption(`--${name}`, nearest && `did you mean --${nearest}?`)
}

function read(name: string, row: Option, text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return row.read?.(text)
  } catch (error) {
    throw new HtpasswdError('ERR_USAGE', `--${name} ${(error as Error).message}`, { cause: error })
  }
}
