// The words of a command line sorted by the command's grammar, with yargs: options, words, what stands behind `--`.
import yargs, { type Options } from 'yargs'
import { HtpasswdError } from '../../errors.ts'
import { nearestName } from './nearest-name.ts'
import type { Grammar, Option } from './table.ts'

/** An option as it was given, before its row reads it. */
export type Raw = string | boolean | readonly string[]

export interface SortedWords {
  /** By the names of the table; only what was given. */
  readonly options: ReadonlyMap<string, Raw>
  readonly words: readonly string[]
  /** What stands behind `--`. */
  readonly rest: readonly string[]
}

export const usageError = (message: string, cause?: unknown): HtpasswdError =>
  new HtpasswdError('ERR_USAGE', message, { cause })

/** The one password file among the positionals. @throws HtpasswdError `ERR_USAGE` for none or several. */
export function onlyFile(positionals: readonly string[]): string {
  const [file, ...more] = positionals
  if (file !== undefined && more.length === 0) return file
  throw usageError(`expected one password file, got ${positionals.join(' ') || 'none'}`)
}

/** @throws HtpasswdError `ERR_USAGE` for an unknown option, with the nearest name, and for a missing argument. */
export function sortWords(grammar: Grammar, argv: readonly string[]): SortedWords {
  rejectInherited(grammar, argv)
  const complete = withBareArguments(grammar, argv)
  const parsed = instance(grammar, withSeparator(grammar, complete)).parseSync() as Record<string, unknown>
  const { _: words = [], '--': rest = [], $0: _, ...given } = parsed
  const options = new Map(Object.entries(given).filter(([, value]) => value !== undefined)) as Map<
    string,
    Raw
  >
  for (const name of options.keys())
    rejectUnknown(grammar, name, name.length === 1 ? `-${name}` : `--${name}`)
  return { options, words: (words as unknown[]).map(String), rest: (rest as unknown[]).map(String) }
}

/** yargs looks names up in plain objects, and dies of `--constructor`, which every object has. */
function rejectInherited(grammar: Grammar, argv: readonly string[]): void {
  const end = argv.indexOf('--')
  for (const word of end === -1 ? argv : argv.slice(0, end)) {
    const name = /^--([^=]+)/.exec(word)?.[1]
    if (name !== undefined && name in Object.prototype) rejectUnknown(grammar, name, `--${name}`)
  }
}

/** `--generate FILE` and `--generate 24 FILE`: an argument that may be left out is one only where its row takes it. */
function withBareArguments({ options }: Grammar, argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  const complete = argv.slice(0, end === -1 ? undefined : end)
  for (const [at, word] of complete.entries()) {
    const { bare, read } = (word.startsWith('--') && options[word.slice(2)]) || {}
    if (bare !== undefined && !isTaken(read, complete[at + 1])) complete[at] = `${word}=${bare}`
  }
  return [...complete, ...(end === -1 ? [] : argv.slice(end))]
}

function isTaken(read: Option['read'], word: string | undefined): boolean {
  try {
    return word !== undefined && read?.(word) !== undefined
  } catch {
    return false
  }
}

/**
 * PowerShell takes the first `--` for itself where it starts a script, and what npm installs there is one (npm issue 4903).
 * So one bare word too many begins the app as well, unless another app is named.
 */
function withSeparator({ options, wordsBeforeApp }: Grammar, argv: readonly string[]): readonly string[] {
  if (wordsBeforeApp === undefined || argv.some(word => /^--(upstream|demo)\b|^--$/.test(word))) return argv
  let bare = 0
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string
    if (!word.startsWith('-')) bare++
    else if (options[word.slice(2)]?.argument !== undefined) at++
    if (bare > wordsBeforeApp) return [...argv.slice(0, at), '--', ...argv.slice(at)]
  }
  return argv
}

/** The help text, as wide as the terminal allows. */
export function helpOf(grammar: Grammar, columns = 80): Promise<string> {
  return instance(grammar, []).wrap(Math.min(columns, 110)).getHelp()
}

/** @param shown the name as it was written. */
export function rejectUnknown(grammar: Grammar, name: string, shown: string): void {
  if (Object.hasOwn(grammar.options, name)) return
  const nearest = nearestName(name, Object.keys(grammar.options))
  const hint =
    nearest === undefined ? `htpasswd ${grammar.name} --help lists all` : `did you mean --${nearest}?`
  throw usageError(`unknown option ${shown}; ${hint}`)
}

function instance({ name, synopsis, describe, options, epilogue }: Grammar, argv: readonly string[]) {
  const rows = Object.entries(options).map(([option, row]) => [option, yargsOption(row)])
  return yargs([...argv])
    .locale('en')
    .scriptName(`htpasswd ${name}`)
    .help(false)
    .version(false)
    .usage(`${synopsis.map(form => `$0 ${form}`).join('\n')}\n`)
    .usage(describe)
    .options(Object.fromEntries(rows))
    .epilogue(epilogue ?? '')
    .parserConfiguration({
      'populate--': true,
      'greedy-arrays': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    })
    .exitProcess(false)
    .fail((message, error) => {
      const [, option = ''] = /^Not enough arguments following: (.+)$/.exec(message ?? '') ?? []
      const argument = options[option]?.argument
      throw usageError(
        argument ? `--${option} expected ${argument} behind it` : (message ?? error.message),
        error,
      )
    })
}

function yargsOption({ argument, describe, repeatable, alias, group, ...row }: Option): Options {
  const value =
    argument === undefined ? { type: 'boolean' as const } : { type: 'string' as const, requiresArg: true }
  const note = row.default === undefined ? {} : { defaultDescription: row.default }
  return {
    ...value,
    ...note,
    ...(repeatable && { array: true }),
    ...(alias && { alias }),
    group,
    describe: argument === undefined ? describe : `${argument}: ${describe}`,
  }
}
