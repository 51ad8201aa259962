// The options of `htpasswd serve`: a file for each heading of the help, a row for each option. Types, help, environment and
// --config follow from the rows, and so does the guard's option of the row's `guard`. Only an option that does something
// else has a second place, where it acts.
import type { GuardOptions } from '../../../http/guard/options.ts'
import type { CommandSpec, ValuesOf } from '../../options/table.ts'
import { whatTheAppSees } from './options/app.ts'
import { whereToListen } from './options/listen.ts'
import { whoGetsIn } from './options/login.ts'
import { whoMayDoWhat } from './options/permissions.ts'
import { identityProvider } from './options/provider.ts'
import { severalReplicas } from './options/replicas.ts'
import type { ServeOption } from './options/row.ts'
import { running } from './options/running.ts'
import { signInPage } from './options/sign-in.ts'
import { synonyms } from './options/synonyms.ts'
import { whatToGuard } from './options/target.ts'

export const serveOptions = {
  ...whatToGuard,
  ...whereToListen,
  ...whoGetsIn,
  ...signInPage,
  ...whoMayDoWhat,
  ...identityProvider,
  ...whatTheAppSees,
  ...severalReplicas,
  ...running,
} as const

export const serveSpec: CommandSpec<typeof serveOptions> = {
  name: 'serve',
  synopsis: ['[FILE] --upstream URL', '[FILE] -- COMMAND [ARGUMENT ...]', '[FILE] --init --demo'],
  positionalsBeforeApp: 1,
  describe: 'Puts the users of the password FILE (default .htpasswd) in front of a web app.',
  options: serveOptions,
  synonyms,
  examples: [
    'htpasswd serve --init -- mlflow server --port 5000',
    'htpasswd serve users --upstream 5000 --host 0.0.0.0 --https',
    'htpasswd serve users --upstream 5000 --login --check',
  ],
  epilogue:
    'Each option is also an environment variable: HTPASSWD_UPSTREAM, HTPASSWD_ALLOW_PATH (separated by commas) …\nAfter "--" comes an app to start, to wait for and to stop at the end.',
}

/** The checked values, by the names of the table. */
export type ServeValues = ValuesOf<typeof serveOptions>

/** The values of the rows that name an option of the guard, by that option. */
export function guardOptions(values: ServeValues): Partial<GuardOptions> {
  const rows: [string, ServeOption][] = Object.entries(serveOptions)
  const given = rows.flatMap(([name, { guard }]) =>
    guard === undefined ? [] : [[guard, values[name as keyof ServeValues]]],
  )
  return Object.fromEntries(given)
}
