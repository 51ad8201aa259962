// The values of a command's options, from the command line, the environment, a --config file and the table's defaults.
import { decodeMarkedText } from '../../bytes.ts'
import { readAnyFile } from '../../store/read-file.ts'
import { rejectUnencodablePath } from '../arguments.ts'
import { nearestName } from './nearest-name.ts'
import { type ParsedArguments, parseArgv, type Raw } from './parse.ts'
import { type CommandSpec, environmentName, type Option, type OptionTable, type ValuesOf } from './table.ts'
import { rejectUnknown } from './unknown-option.ts'
import { usageError } from './usage-error.ts'

/** A source of options: its values, and the name of an option there for messages. */
interface Source {
  readonly values: ReadonlyMap<string, Raw>
  readonly label: (name: string) => string
}

export interface Parsed<Table extends OptionTable> extends ParsedArguments {
  readonly values: ValuesOf<Table>
  /** The password file named by the environment or the --config file. */
  readonly file: string | undefined
}

/**
 * Precedence: command line, environment, --config file, default.
 *
 * @throws HtpasswdError `ERR_USAGE` for an unknown option (with the nearest name) or an invalid value.
 */
export function parseOptions<Table extends OptionTable>(
  spec: CommandSpec<Table>,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Parsed<Table> {
  const parsed = parseArgv(spec, argv)
  if (spec.firstPositional === undefined)
    rejectUnencodablePath(parsed.positionals[spec.actions === undefined ? 0 : 1])
  const typed: Source = { values: parsed.options, label: name => `--${name}` }
  const exported: Source = { values: readEnvironment(spec, environment), label: environmentName }
  const sources = [typed, exported]
  const config = sources.map(source => source.values.get('config')).find(value => value !== undefined)
  let file = environment.HTPASSWD_FILE || undefined
  if (typeof config === 'string') {
    const values = readConfig(spec, config)
    sources.push({ values, label: name => `"${name}" in ${config}` })
    file ??= values.get('file') as string | undefined
  }
  const entries = Object.entries(spec.options).map(([name, row]) => [name, readOption(name, row, sources)])
  return { ...parsed, values: Object.fromEntries(entries) as ValuesOf<Table>, file }
}

function readEnvironment({ options }: CommandSpec, environment: NodeJS.ProcessEnv): Map<string, Raw> {
  const values = new Map<string, Raw>()
  for (const [name, row] of Object.entries(options)) {
    const text = environment[environmentName(name)]
    if (text === undefined || text === '' || name === 'help' || isServiceLink(text)) continue
    values.set(name, row.repeatable ? text.split(row.separator ?? ',').map(part => part.trim()) : text)
  }
  return values
}

/** Kubernetes sets NAME_PORT=tcp://10.0.0.1:80 in every container for a service called NAME, so HTPASSWD_PORT too. */
const isServiceLink = (text: string): boolean => /^(tcp|udp|sctp):\/\//.test(text)
const SERVICE_LINK_NAME = /_SERVICE_(HOST|PORT)|_PORT(_\d+|$)/

/**
 * Finds variables that look like options but are not, because they would be ignored silently.
 *
 * @param others further variables that are used, such as the one that --password-env names.
 */
export function unknownVariables(
  { options }: CommandSpec,
  environment: NodeJS.ProcessEnv,
  others: readonly (string | undefined)[] = [],
): string[] {
  const known = ['HTPASSWD_FILE', 'HTPASSWD_USERS', ...Object.keys(options).map(environmentName)]
  const unknown = Object.keys(environment).filter(
    name =>
      /^HTPASSWD_/.test(name) &&
      !known.includes(name) &&
      !others.includes(name) &&
      !SERVICE_LINK_NAME.test(name),
  )
  return unknown.map(name => {
    const nearest = nearestName(name, known)
    const hint = nearest === undefined ? 'no option has this name' : `did you mean ${nearest}?`
    return `the environment variable ${name} is not used; ${hint}`
  })
}

function readConfig(spec: CommandSpec, path: string): Map<string, Raw> {
  const text = readAnyFile(path, `--config ${path}`)
  let parsed: unknown
  try {
    parsed = JSON.parse(decodeMarkedText(text, () => Buffer.alloc(0)).toString())
  } catch {
    // not the parser's message, because it quotes the text, which may be a record if the files were mixed up
    throw usageError(`--config expected a JSON file, got other text in ${path}`)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw usageError(
      `--config expected a JSON object such as {"upstream": "http://127.0.0.1:5000"} in ${path}`,
    )
  }
  const values = new Map<string, Raw>()
  for (const [name, value] of Object.entries(parsed)) {
    if (name !== 'file') rejectUnknown(spec, name, `"${name}" in ${path}`)
    const list = Array.isArray(value) ? value : [value]
    if (list.some(item => !['string', 'number', 'boolean'].includes(typeof item))) {
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

function readOption(name: string, row: Option, sources: readonly Source[]): unknown {
  const source = sources.find(({ values }) => values.get(name) !== undefined)
  const given = source?.values.get(name) ?? row.default
  const raw =
    given === true ? (row.optionalArgument ?? given) : given === false ? (row.negated ?? given) : given
  const label = source?.label(name) ?? `--${name}`
  if (row.single && Array.isArray(raw) && raw.length > 1)
    throw usageError(`${label} is given ${raw.length} times (${raw.join(', ')}); expected it once`)
  if (row.read === undefined) return readSwitch([raw].flat().at(-1), label)
  if (row.repeatable)
    return (raw === undefined ? [] : [raw].flat()).map(value => readValue(row, value as Raw, label))
  // the last one counts, so that options of a script can be overridden by later ones
  return raw === undefined ? undefined : readValue(row, [raw].flat().at(-1) as Raw, label)
}

function readValue(row: Option, raw: Raw, label: string): unknown {
  if (raw === false && label.startsWith('--'))
    throw usageError(`unknown option --no-${label.slice(2)}; ${label} takes ${row.argument}`)
  if (typeof raw !== 'string')
    throw usageError(`${label} expected ${row.argument}, got ${JSON.stringify(raw)}`)
  if (row.argument === 'FILE') rejectUnencodablePath(raw)
  try {
    return row.read?.(raw)
  } catch (error) {
    throw usageError(`${label} ${(error as Error).message}${quotesHint(raw)}`, error)
  }
}

/** cmd.exe passes single quotes on as part of the word. */
const quotesHint = (text: string): string =>
  /^(['"]).*\1$/s.test(text) ? '; leave the quotes out, or write double quotes: "…"' : ''

function readSwitch(raw: unknown, label: string): boolean {
  if (raw === undefined || raw === false || raw === 'false' || raw === '0') return false
  if (raw === true || raw === 'true' || raw === '1') return true
  throw usageError(`${label} expected true or false, got ${JSON.stringify(raw)}`)
}
