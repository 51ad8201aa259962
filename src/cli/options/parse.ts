// Splits a command line into options, positionals and the app's command after `--`, with the parser of yargs. The rest of
// yargs is loaded for the help alone: it would be 11 MB of each running guard.
import type { Options } from 'yargs'
import parser from 'yargs-parser'
import { defaultFile, kindOfPath } from '../password-file.ts'
import { programName } from '../terminal/program-name.ts'
import type { CommandSpec, Option } from './table.ts'
import { rejectSingleDash, rejectUnknown } from './unknown-option.ts'
import { usageError } from './usage-error.ts'

/** The raw value of an option, before its row reads it. */
export type Raw = string | boolean | readonly string[]

export interface ParsedArguments {
  /** The given options, by their names in the table. */
  readonly options: ReadonlyMap<string, Raw>
  readonly positionals: readonly string[]
  /** What follows `--`. */
  readonly rest: readonly string[]
}

/** @throws HtpasswdError `ERR_USAGE` for an unknown option, with the nearest name, and for a missing argument. */
export function parseArgv(spec: CommandSpec, argv: readonly string[]): ParsedArguments {
  rejectInherited(spec, argv)
  const complete = withSeparator(spec, withOptionalArguments(spec, argv))
  rejectSingleDash(spec, complete)
  const parsed = split(spec, complete)
  const { _: positionals = [], '--': rest = [], $0: _, ...given } = parsed
  const options = new Map(Object.entries(given).filter(([, value]) => value !== undefined)) as Map<
    string,
    Raw
  >
  for (const [name, value] of options) {
    const typed = value === false && !Object.hasOwn(spec.options, name) ? `no-${name}` : name
    rejectUnknown(spec, typed, typed.length === 1 ? `-${typed}` : `--${typed}`)
  }
  return {
    options,
    positionals: (positionals as unknown[]).map(String),
    rest: (rest as unknown[]).map(String),
  }
}

/** yargs looks names up in plain objects and crashes on `--constructor`, which every object has. */
function rejectInherited(spec: CommandSpec, argv: readonly string[]): void {
  const end = argv.indexOf('--')
  for (const argument of end === -1 ? argv : argv.slice(0, end)) {
    const name = /^--([^=]+)/.exec(argument)?.[1]
    if (name !== undefined && name in Object.prototype) rejectUnknown(spec, name, `--${name}`)
  }
}

/** yargs has no optional arguments: `--generate FILE` becomes `--generate=20 FILE`, and `--generate 24 FILE` stays. */
function withOptionalArguments({ options }: CommandSpec, argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  const complete = argv.slice(0, end === -1 ? undefined : end)
  for (const [i, argument] of complete.entries()) {
    const { optionalArgument, read } = (argument.startsWith('--') && options[argument.slice(2)]) || {}
    // a number that is out of range is told so, unless a file has that name
    const isMeant = /^\d+$/.test(complete[i + 1] ?? '') && kindOfPath(complete[i + 1] as string) === undefined
    if (optionalArgument !== undefined && !isMeant && !isAccepted(read, complete[i + 1]))
      complete[i] = `${argument}=${optionalArgument}`
  }
  return [...complete, ...(end === -1 ? [] : argv.slice(end))]
}

/** Whether a row's reader takes this text as the argument. */
export function isAccepted(read: Option['read'], text: string | undefined): boolean {
  try {
    return text !== undefined && read?.(text) !== undefined
  } catch {
    return false
  }
}

/**
 * PowerShell removes the first `--` from the arguments of a script, and npm's entry points there are scripts (npm/cli
 * issue 4903). So one positional too many also starts the app's command, unless another option names the app.
 */
function withSeparator(
  { options, positionalsBeforeApp }: CommandSpec,
  argv: readonly string[],
): readonly string[] {
  const isSettled = argv.some(argument => /^--(upstream|demo)\b|^--$/.test(argument))
  if (positionalsBeforeApp === undefined || isSettled) return argv
  let positionals = 0
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string
    if (!argument.startsWith('-')) positionals++
    else if (options[argument.slice(2)]?.argument !== undefined) i++
    if (positionals > positionalsBeforeApp) return [...argv.slice(0, i), '--', ...argv.slice(i)]
  }
  return argv
}

/** The one password file among the positionals, or the default one. @param hint ends the message. @throws HtpasswdError `ERR_USAGE` for several. */
export function onlyFile(positionals: readonly string[], env: NodeJS.ProcessEnv, hint = ''): string {
  const [file = defaultFile(env), ...more] = positionals
  if (more.length === 0) return file
  throw usageError(`expected one password file, got ${positionals.length} arguments${hint}`)
}

/** The help text, as wide as the terminal, at most 110 columns; 80 if there is no terminal. */
export async function helpOf(spec: CommandSpec, columns = 80): Promise<string> {
  const { default: yargs } = await import('yargs')
  const { name, synopsis, describe, actions, options, epilogue, examples = [] } = spec
  // as a copy of the line has to begin to run this program
  const lines = examples.map(example => example.replace(/^htpasswd/, programName()))
  const shown = lines.length === 0 ? '' : ['Examples:', ...lines].join('\n  ')
  const program = yargs()
    .locale('en')
    .scriptName('htpasswd')
    .help(false)
    .version(false)
    .usage(`${synopsis.map(form => `htpasswd ${name} ${form}`.trimEnd()).join('\n')}\n`)
    .usage(describe)
    .epilogue([epilogue, shown].filter(Boolean).join('\n\n'))
    .wrap(Math.min(columns, 110))
    .updateStrings({ 'Commands:': 'Actions:' })
  for (const [action, row] of Object.entries(actions ?? {}))
    program.command(`${name} ${action}`, row.describe)
  for (const [option, row] of Object.entries(options)) program.option(option, helpRow(row))
  return program.getHelp()
}

/** The help of an option, without a type, which yargs would print as `[boolean]`. */
export const helpRow = ({ argument, describe, alias, group, default: standard }: Option): Options => ({
  ...(alias && { alias }),
  ...(standard !== undefined && { defaultDescription: standard }),
  group,
  describe: argument === undefined ? describe : `${argument}: ${describe}`,
})

/** @throws HtpasswdError `ERR_USAGE` for a missing argument. */
function split({ options }: CommandSpec, argv: readonly string[]): Record<string, unknown> {
  const rows = Object.entries(options)
  const namesOf = (wanted: (row: Option) => unknown): string[] =>
    rows.filter(([, row]) => wanted(row)).map(([name]) => name)
  const { argv: parsed, error } = parser.detailed([...argv], {
    boolean: namesOf(row => row.argument === undefined),
    string: namesOf(row => row.argument),
    array: namesOf(row => row.repeatable),
    // NaN: an argument is required
    narg: Object.fromEntries(namesOf(row => row.argument).map(name => [name, Number.NaN])),
    alias: Object.fromEntries(rows.flatMap(([name, { alias }]) => (alias ? [[name, [alias]]] : []))),
    configuration: {
      'populate--': true,
      'greedy-arrays': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    },
  })
  if (error === null) return parsed
  const [, option = ''] = /^Not enough arguments following: (.+)$/.exec(error.message) ?? []
  const argument = options[option]?.argument
  throw usageError(argument ? `--${option} needs ${argument}` : error.message, error)
}
