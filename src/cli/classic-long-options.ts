// Our long options among Apache's letters: where a password comes from when nobody types it.
import { HtpasswdError } from '../errors.ts'
import { type LongOptions, UsageError, unknownOption } from './classic-options.ts'
import { nearestName } from './nearest-name.ts'
import type { Option } from './option-table.ts'
import { type PasswordValues, passwordOptions } from './password-options.ts'
import { generationOf, givenOptions, rejectSeveral } from './password-source.ts'

const rows: ReadonlyMap<string, Option> = new Map(Object.entries(passwordOptions))

/** A reader for one command line. */
export function readLongOptions(): LongOptions {
  const texts = new Map<string, string>()
  // the option whose argument may be the first word behind the options, and the place behind it
  let open: { readonly name: string; readonly end: number } | undefined
  return {
    take: (argv, at) => {
      const { name, row, value } = split(argv[at] as string)
      if (value !== undefined) texts.set(name, value)
      else if (row.bare !== undefined) {
        texts.set(name, row.bare)
        open = { name, end: at + 1 }
      } else {
        const next = argv[at + 1]
        if (next === undefined) throw new UsageError(`--${name} expected ${row.argument} behind it`, true)
        texts.set(name, next)
        return at + 2
      }
      return at + 1
    },
    takeArgument: (argv, at, wordsNeeded) => {
      if (open?.end !== at || argv.length - at <= wordsNeeded) return at
      // `--generate 24 -B users alice`: Apache's options end at their first word
      if (argv[at + 1]?.startsWith('-'))
        throw new UsageError(
          `--${open.name} expected its ${rows.get(open.name)?.argument} behind a "=" in front of other options`,
          true,
        )
      if (argv.length - at > wordsNeeded + 1) return at
      texts.set(open.name, argv[at] as string)
      return at + 1
    },
    values: (mode, sources) => {
      if (texts.size === 0) return undefined
      const values = Object.fromEntries(
        [...rows].map(([name, row]) => [name, read(name, row, texts.get(name))]),
      ) as PasswordValues
      const [first] = givenOptions(values)
      if (mode === 'delete') throw refusal(`-D asks for no password, got ${first}`)
      if (mode === 'verify' && generationOf(values) !== undefined)
        throw refusal(`-v checks a password and makes none, got ${first}`)
      rejectSeveral(values, sources)
      return values
    },
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
