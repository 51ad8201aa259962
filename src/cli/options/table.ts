// The types of the tables of commands and options, from which parsing, types, help, completion and the manual page
// follow.
import type { Io } from '../terminal/io.ts'

/** Turns the text of an argument into its value; throws an Error that says what was expected. */
export interface OptionReader<T = unknown> {
  (text: string): T
  /** The accepted texts, if there are only so many. */
  readonly choices?: readonly string[]
}

/** A row of the option table. */
export interface Option {
  readonly describe: string
  /** The argument's name in the help; `FILE` and `FOLDER` complete to paths. A row without it is a switch. */
  readonly argument?: string
  readonly alias?: string
  /** May be given several times; in an environment variable the values are separated by commas. */
  readonly repeatable?: true
  /** What separates the values in an environment variable; a comma, unless values may contain one. */
  readonly separator?: string
  /**
   * Whether giving it twice is an error; otherwise the last one counts, so that options of a script can be overridden.
   */
  readonly single?: true
  readonly default?: string
  /** The value of `--no-NAME`, if the option takes an argument. */
  readonly negated?: string
  /** The value if the argument is omitted. What follows the option is its argument only if `read` accepts it. */
  readonly optionalArgument?: string
  /** The heading in the help. */
  readonly group: string
  readonly read?: OptionReader
}

/** The options of a command by their names. */
export type OptionTable = Readonly<Record<string, Option>>

/** An action of a command, such as `add` of `htpasswd group add`. */
export interface Action {
  /** Its forms, without `htpasswd` and the names of the command and the action. */
  readonly synopsis: readonly string[]
  /** The description in the help: a few words, without a full stop. */
  readonly describe: string
  /** The options of the command that it takes besides `--help`; if omitted, all of them. */
  readonly options?: readonly string[]
}

/** The actions of a command by their names. */
export type ActionTable = Readonly<Record<string, Action>>

/** What a command accepts, and what its help says. */
export interface CommandSpec<Table extends OptionTable = OptionTable> {
  readonly name: string
  /** Its forms, without `htpasswd` and the name; for a command with actions, `formsOf(actions)`. */
  readonly synopsis: readonly string[]
  /** The first positional is one of these. `runActions` runs such a command. */
  readonly actions?: ActionTable
  /** For a command that starts an app with `-- COMMAND`: how many positionals may precede it. */
  readonly positionalsBeforeApp?: number
  /** What the first positional can be; if omitted, an action or a password file. */
  readonly firstPositional?: readonly string[]
  /** Whether users of the password file follow it, for completion. */
  readonly takesUsers?: true
  readonly describe: string
  readonly options: Table
  /** Options of other programs that people try, and what to use or do instead, such as `--tls-cert and --tls-key`. */
  readonly synonyms?: Readonly<Record<string, string>>
  readonly epilogue?: string
  /** Whole command lines, for the help and the manual page. */
  readonly examples?: readonly string[]
}

/** The module that a command's row loads. */
interface CommandModule {
  readonly spec: CommandSpec
  /** Runs the command with the arguments after its name, and resolves with the exit status. */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>
}

/** A row of the table of commands. */
export interface Command {
  readonly name: string
  /** Other names that people try, such as `rm`. */
  readonly aliases?: readonly string[]
  /**
   * Whether the name runs the command even if there is a file of that name (`commandOf`), because it has always been a
   * command.
   */
  readonly winsOverFile?: true
  /** One line. */
  readonly describe: string
  readonly load: () => Promise<CommandModule>
}

/** The forms of a command with actions. */
export const formsOf = (actions: ActionTable): string[] =>
  Object.entries(actions).flatMap(([name, { synopsis }]) => synopsis.map(form => `${name} ${form}`.trimEnd()))

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

const MILLISECONDS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `30s`, `10m`, `12h`, `7d`; a bare number is seconds. The value is in milliseconds, the limits are in seconds. */
export const duration =
  (minSeconds: number, maxSeconds: number): OptionReader<number> =>
  value => {
    const [, number, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(value) ?? []
    const milliseconds = Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS]
    if (milliseconds >= minSeconds * 1000 && milliseconds <= maxSeconds * 1000) return milliseconds
    throw new Error(
      `expected a time such as 30s, 10m, 12h or 7d, from ${durationText(minSeconds)} to ${durationText(maxSeconds)}, got "${value}"`,
    )
  }

/** Formats a duration in the largest unit that divides it. */
function durationText(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find(
    name => seconds > 0 && (seconds * 1000) % MILLISECONDS[name] === 0,
  )
  return unit === undefined ? `${seconds}s` : `${(seconds * 1000) / MILLISECONDS[unit]}${unit}`
}

/** The switch that every command has. */
export const helpOption = {
  group: 'Running:',
  alias: 'h',
  describe: 'show this help',
} as const satisfies Option

/** The switch of every command with a result for programs. */
export const jsonOption = {
  group: 'Running:',
  describe: 'print the result as one JSON document',
} as const satisfies Option

/** The switch of every command that writes a password file. */
export const inPlaceOption = {
  group: 'Running:',
  describe:
    'write into the existing file instead of replacing it, for programs and containers that follow the inode',
} as const satisfies Option

/** `--allow-path` is HTPASSWD_ALLOW_PATH. */
export const environmentName = (name: string): string => `HTPASSWD_${name.toUpperCase().replaceAll('-', '_')}`
