// Reads the --config file again at SIGHUP, and tells which changes apply at once and which at the next start.
import { isDeepStrictEqual } from 'node:util'
import { openPermissions, type Permissions } from '../login/permissions.ts'
import type { Notify } from '../notices.ts'
import type { ServeOption } from '../options/row.ts'
import { type ServeValues, serveOptions } from '../options.ts'
import type { ServeRequest } from '../request.ts'

/** The options from now on. */
export interface ReloadedOptions {
  readonly values: ServeValues
  readonly permissions: Permissions
}

/** Resolves with undefined if no option changed that applies at once; an invalid file changes nothing. */
export type RereadOptions = () => Promise<ReloadedOptions | undefined>

const optionsOf = (names: readonly string[]): string => names.map(name => `--${name}`).join(', ')

export function createReread(request: ServeRequest, env: NodeJS.ProcessEnv, notify: Notify): RereadOptions {
  const rows: Readonly<Record<string, ServeOption>> = serveOptions
  const { config } = request.values
  let current: ServeValues = request.values

  return async () => {
    if (config === undefined || request.reread === undefined) return undefined
    try {
      const next: Readonly<Record<string, unknown>> = request.reread().values
      const before: Readonly<Record<string, unknown>> = current
      const changed = Object.keys(rows).filter(name => !isDeepStrictEqual(before[name], next[name]))
      const fixed = changed.filter(name => !rows[name]?.live)
      if (fixed.length > 0)
        notify(`warning: ${config} changes ${optionsOf(fixed)}, which takes effect at the next start`)
      const live = changed.filter(name => rows[name]?.live)
      if (live.length === 0) return undefined
      const values: ServeValues = { ...current, ...Object.fromEntries(live.map(name => [name, next[name]])) }
      const permissions = await openPermissions({ ...request, values }, env, notify)
      current = values
      notify(`${config} was read again: ${optionsOf(live)} changed`)
      return { values, permissions }
    } catch (error) {
      notify(`warning: ${(error as Error).message}; the options stay as they were`)
      return undefined
    }
  }
}
