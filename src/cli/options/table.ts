// What our own commands and their options are: rows of tables; parsing, types, help, completion and manual follow from them.
import type { Io } from '../terminal/io.ts'

/** Turns the text behind an option into its value; throws an Error that says what it expected. */
export interface OptionReader<T = unknown> {
  (text: string): T
  /** Where only these texts are accepted. */
  readonly choices?: readonly string[]
}

/** A row. */
export interface Option {
  readonly describe: string
  /** What stands behind the option in the help (`FILE` and `FOLDER` complete to paths); a row without it is a switch. */
  readonly argument?: string
  readonly alias?: string
  /** May be given several times; in an environment variable the values are separated by commas. */
  readonly repeatable?: true
  readonly default?: string
  /** The argument may be left out, for this one; a word behind the option is its argument only if `read` takes it. */
  readonly bare?: string
  /** The heading that it stands under in the help. */
  readonly group: string
  readonly read?: OptionReader
}

/** The options of a command by their names. */
export type OptionTable = Readonly<Record<string, Option>>

/** A command's words: its forms and its options. */
export interface Grammar<Table extends OptionTable = OptionTable> {
  /** The word that starts the command. */
  readonly name: string
  /** Its forms, as they stand behind that word. */
  readonly synopsis: readonly string[]
  /** Where `-- COMMAND` may stand: how many bare words come before it at most. */
  readonly wordsBeforeApp?: number
  /** What the first word behind it can be; a password file where it is left out. */
  readonly words?: readonly string[]
  readonly describe: string
  readonly options: Table
  readonly epilogue?: string
}

/** What a command's row loads: its words and the command itself. */
interface CommandModule {
  readonly grammar: Grammar
  /** Runs it on the words behind its name and resolves with the exit status. */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>
}

/** A row of the table of commands. */
export interface Command {
  readonly name: string
  /** One line. */
  readonly describe: string
  readonly load: () => Promise<CommandModule>
}

type ValueOf<Row> = Row extends { read: (text: string) => infer T }
  ? Row extends { repeatable: true }
    ? readonly T[]
    : Row extends { default: string }
      ? T
      : T | undefined
  : boolean

/** The checked values, by the names of the table. */
export type ValuesOf<Table extends OptionTable> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> }

export const text: OptionReader<string> = value => value

export function oneOf<const T extends string>(...choices: T[]): OptionReader<T> {
  const read = (value: string): T => {
    const found = choices.find(choice => choice === value)
    if (found === undefined) throw new Error(`expected one of ${choices.join(', ')}, got "${value}"`)
    return found
  }
  return Object.assign(read, { choices })
}

export const wholeNumber =
  (min: number, max: number): OptionReader<number> =>
  value => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    throw new Error(`expected a whole number from ${min} to ${max}, got "${value}"`)
  }

/** The switch that every command has. */
export const helpOption = {
  group: 'Running:',
  alias: 'h',
  describe: 'show this help',
} as const satisfies Option

/** The switch of every command with a result that a program may want to read. */
export const jsonOption = {
  group: 'Running:',
  describe: 'print the result as one JSON document',
} as const satisfies Option

/** `--allow-path` is HTPASSWD_ALLOW_PATH. */
export const environmentName = (name: string): string => `HTPASSWD_${name.toUpperCase().replaceAll('-', '_')}`
