// Reads the command line, the environment and the --config file of `htpasswd serve` by its option table.
import { readFileSync } from 'node:fs'
import yargs, { type Options } from 'yargs'
import { HtpasswdError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import {
  environmentName,
  type ServeOption,
  type ServeOptionName,
  type ServeValues,
  serveOptions,
  serveRows,
} from './serve-option-table.ts'

/** What the user asked for, checked. */
export interface ServeRequest {
  readonly file: string
  readonly values: ServeValues
  /** The app to start as a child: what stands behind `--`. */
  readonly command: readonly string[]
}

type Raw = string | boolean | readonly string[]
/** One place that options come from: its values, and how a message names an option there. */
interface Source {
  readonly values: ReadonlyMap<string, Raw>
  readonly label: (name: string) => string
}

const DEFAULT_FILE = '.htpasswd'
const usageError = (message: string, cause?: unknown): HtpasswdError =>
  new HtpasswdError('ERR_USAGE', message, { cause })

/**
 * Precedence, as yargs has it: command line, environment, --config file, default.
 *
 * @throws HtpasswdError `ERR_USAGE` for an unknown option (with the nearest name) or a value that does not fit.
 */
export function parseServe(argv: readonly string[], environment: NodeJS.ProcessEnv): ServeRequest {
  const parsed = parseArguments(argv)
  const typed: Source = { values: parsed.options, label: name => `--${name}` }
  const exported: Source = { values: readEnvironment(environment), label: environmentName }
  const config = [typed, exported]
    .map(source => source.values.get('config'))
    .find(value => value !== undefined)
  const sources = [typed, exported]
  let file = parsed.file ?? (environment.HTPASSWD_FILE || undefined)
  if (typeof config === 'string') {
    const values = readConfig(config)
    sources.push({ values, label: name => `"${name}" in ${config}` })
    file ??= values.get('file') as string | undefined
  }
  const entries = serveRows.map(([name, row]) => [name, readOption(name, row, sources)])
  const values = Object.fromEntries(entries) as ServeValues
  return {
    file: file ?? DEFAULT_FILE,
    values: checkTogether(values, parsed.command),
    command: parsed.command,
  }
}

/** The help text, as wide as the terminal allows. */
export function serveHelp(columns = 80): Promise<string> {
  return instance([]).wrap(Math.min(columns, 110)).getHelp()
}

function instance(argv: readonly string[]) {
  return yargs([...argv])
    .locale('en')
    .scriptName('htpasswd serve')
    .help(false)
    .version(false)
    .usage('$0 [FILE] --upstream URL\n$0 [FILE] -- COMMAND [ARGUMENT ...]\n$0 [FILE] --init --demo\n')
    .usage('Puts the users of the password FILE (default .htpasswd) in front of a web app.')
    .options(Object.fromEntries(serveRows.map(([name, row]) => [name, yargsOption(row)])))
    .epilogue(
      'Each option is an environment variable too: HTPASSWD_UPSTREAM, HTPASSWD_ALLOW_PATH (commas between) …\nBehind "--" stands an app to start, wait for and stop again: htpasswd serve -- mlflow server --port 5000',
    )
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
      const [, name] = /^Not enough arguments following: (.+)$/.exec(message ?? '') ?? []
      const row: ServeOption | undefined = serveOptions[name as ServeOptionName]
      throw usageError(
        row ? `--${name} expected ${row.argument} behind it` : (message ?? error.message),
        error,
      )
    })
}

function yargsOption({ argument, describe, repeatable, alias, group, ...row }: ServeOption): Options {
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

function parseArguments(argv: readonly string[]): {
  options: Map<string, Raw>
  file: string | undefined
  command: string[]
} {
  const {
    _: positionals = [],
    '--': command = [],
    $0: _,
    ...options
  } = instance(argv).parseSync() as Record<string, unknown>
  const given = new Map(Object.entries(options).filter(([, value]) => value !== undefined)) as Map<
    string,
    Raw
  >
  for (const name of given.keys()) rejectUnknown(name, name.length === 1 ? `-${name}` : `--${name}`)
  const files = (positionals as unknown[]).map(String)
  if (files.length > 1)
    throw usageError(
      `expected one password file, got ${files.length}: ${files.join(', ')}; an app to start stands behind "--"`,
    )
  return { options: given, file: files[0], command: (command as unknown[]).map(String) }
}

function readEnvironment(environment: NodeJS.ProcessEnv): Map<string, Raw> {
  const values = new Map<string, Raw>()
  for (const [name, row] of serveRows) {
    const text = environment[environmentName(name)]
    if (text === undefined || text === '' || name === 'help') continue
    values.set(name, row.repeatable ? text.split(',').map(part => part.trim()) : text)
  }
  return values
}

function readConfig(path: string): Map<string, Raw> {
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw usageError(
      `--config expected a readable JSON file, got ${path}: ${(error as Error).message}`,
      error,
    )
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw usageError(
      `--config expected a JSON object such as {"upstream": "http://127.0.0.1:5000"} in ${path}`,
    )
  }
  const values = new Map<string, Raw>()
  for (const [name, value] of Object.entries(parsed)) {
    if (name !== 'file') rejectUnknown(name, `"${name}" in ${path}`)
    const list = Array.isArray(value) ? value : [value]
    if (list.some(one => !['string', 'number', 'boolean'].includes(typeof one))) {
      throw usageError(
        `"${name}" in ${path} expected a text, number, true or false, got ${JSON.stringify(value)}`,
      )
    }
    values.set(
      name,
      Array.isArray(value) ? list.map(String) : typeof value === 'boolean' ? value : String(value),
    )
  }
  return values
}

function rejectUnknown(name: string, shown: string): void {
  const known = serveRows.map(([one]) => one)
  if (known.includes(name as ServeOptionName)) return
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? 'htpasswd serve --help lists all' : `did you mean --${nearest}?`
  throw usageError(`unknown option ${shown}; ${hint}`)
}

function readOption(name: ServeOptionName, row: ServeOption, sources: readonly Source[]): unknown {
  const source = sources.find(one => one.values.get(name) !== undefined)
  const raw = source?.values.get(name) ?? row.default
  const label = source?.label(name) ?? `--${name}`
  if (row.read === undefined) return readSwitch([raw].flat().at(-1), label)
  if (row.repeatable)
    return (raw === undefined ? [] : [raw].flat()).map(one => readValue(row, one as Raw, label))
  // given twice, the last one counts, so that a script's options can be overridden behind them
  return raw === undefined ? undefined : readValue(row, [raw].flat().at(-1) as Raw, label)
}

function readValue(row: ServeOption, raw: Raw, label: string): unknown {
  if (typeof raw !== 'string')
    throw usageError(`${label} expected ${row.argument}, got ${JSON.stringify(raw)}`)
  try {
    return row.read?.(raw)
  } catch (error) {
    throw usageError(`${label} ${(error as Error).message}`, error)
  }
}

function readSwitch(raw: unknown, label: string): boolean {
  if (raw === undefined || raw === false || raw === 'false' || raw === '0') return false
  if (raw === true || raw === 'true' || raw === '1') return true
  throw usageError(`${label} expected true or false, got ${JSON.stringify(raw)}`)
}

function checkTogether(values: ServeValues, command: readonly string[]): ServeValues {
  if (values.help) return values
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined)) {
    throw usageError(
      `--tls-cert and --tls-key go together, got only ${values['tls-cert'] ? '--tls-cert' : '--tls-key'}`,
    )
  }
  if (values.upstream === undefined && !values.demo && command.length === 0) {
    throw usageError(
      'expected the app to guard: --upstream http://127.0.0.1:5000, or -- mlflow server, or --demo',
    )
  }
  return values
}

/** The names, for the README and the tests. */
export const serveOptionNames = Object.keys(serveOptions) as readonly ServeOptionName[]
