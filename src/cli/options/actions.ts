// The first positional of a command with actions: which one it names, and which options go with it.
import { nearestName } from './nearest-name.ts'
import { type ParsedArguments, usageError } from './parse.ts'
import type { ActionTable } from './table.ts'

/**
 * Takes the action off the positionals.
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

function wrongAction(word: string | undefined, names: readonly string[]) {
  const nearest = word === undefined ? undefined : nearestName(word, names)
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  return usageError(`expected ${names.join(', ')}, got ${word ?? 'nothing'}${hint}`)
}

const asTyped = (name: string): string => `--${name}`

/** `no options`, `only --name`, `only --name, --user and --print`. */
function listOf(names: readonly string[]): string {
  const options = names.map(asTyped)
  const last = options.pop()
  if (last === undefined) return 'no options'
  return `only ${options.length === 0 ? last : `${options.join(', ')} and ${last}`}`
}
