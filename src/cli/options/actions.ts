// Finds the action that the first positional of a command names, and rejects options of other actions.
import { nearestName } from './nearest-name.ts'
import type { ParsedArguments } from './parse.ts'
import type { ActionTable } from './table.ts'
import { usageError } from './usage-error.ts'

/**
 * Separates the action from the other positionals.
 *
 * @throws HtpasswdError `ERR_USAGE` for an unknown action, with the nearest name, and for options of another one.
 */
export function actionOf<Actions extends ActionTable, Request extends ParsedArguments>(
  { actions }: { readonly actions: Actions },
  parsed: Request,
): { readonly action: keyof Actions; readonly request: Request } {
  const [action, ...positionals] = parsed.positionals
  const row = action !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined
  if (row === undefined) throw wrongAction(action, Object.keys(actions))
  const allowed = row.options
  const stray = [...parsed.options.keys()].find(name => allowed !== undefined && !allowed.includes(name))
  if (stray !== undefined) throw usageError(`${action} takes ${listOf(allowed ?? [])}, got ${asTyped(stray)}`)
  return { action: action as keyof Actions, request: { ...parsed, positionals } }
}

/** Groups of words with the same meaning, here and in other programs. */
const sameThing = [
  ['add', 'create', 'new', 'make', 'issue', 'generate', 'insert', 'append', 'set'],
  [
    'remove',
    'revoke',
    'uninstall',
    'end',
    'stop',
    'delete',
    'del',
    'rm',
    'drop',
    'kill',
    'destroy',
    'logout',
  ],
  ['list', 'ls', 'show', 'get', 'status', 'logs', 'journal'],
  ['check', 'test', 'verify', 'validate', 'discover'],
  ['start', 'run', 'up', 'restart', 'reload'],
  ['install', 'enable', 'setup'],
  ['uninstall', 'disable'],
] as const satisfies readonly (readonly string[])[]

function wrongAction(word: string | undefined, names: readonly string[]) {
  const got = word ?? 'nothing'
  if (names.length === 1) return usageError(`expected the action ${names[0]}, got ${got}`)
  const meant = word === undefined ? undefined : (actionLike(word, names) ?? nearestName(word, names))
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  return usageError(`expected one of the actions ${names.join(', ')}, got ${got}${hint}`)
}

function actionLike(word: string, names: readonly string[]): string | undefined {
  const groups: readonly (readonly string[])[] = sameThing.filter((group: readonly string[]) =>
    group.includes(word.toLowerCase()),
  )
  return groups.flat().find(name => names.includes(name))
}

const asTyped = (name: string): string => `--${name}`

/** `no options`, `only --name`, `only --name, --user and --print`. */
function listOf(names: readonly string[]): string {
  const options = names.map(asTyped)
  const last = options.pop()
  if (last === undefined) return 'no options'
  return `only ${options.length === 0 ? last : `${options.join(', ')} and ${last}`}`
}
