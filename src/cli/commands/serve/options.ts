// What `htpasswd serve` was asked for: its options read by the table, and what must stand together.

import { usageError } from '../../options/parse.ts'
import type { ValuesOf } from '../../options/table.ts'
import { type Parsed, parseOptions } from '../../options/values.ts'
import { givenOptions, rejectSeveral } from '../../password/source.ts'
import { serveGrammar, type serveOptions } from './option-table.ts'

/** The checked values, by the names of the table. */
export type ServeValues = ValuesOf<typeof serveOptions>

/** What the user asked for, checked. */
export interface ServeRequest {
  readonly file: string
  readonly values: ServeValues
  /** The app to start as a child: what stands behind `--`. */
  readonly command: readonly string[]
}

const DEFAULT_FILE = '.htpasswd'

/** @throws HtpasswdError `ERR_USAGE` for what `parseOptions` refuses, and for options that do not go together. */
export const parseServe = (argv: readonly string[], environment: NodeJS.ProcessEnv): ServeRequest =>
  serveRequest(parseOptions(serveGrammar, argv, environment))

/** @throws HtpasswdError `ERR_USAGE` for options that do not go together. */
export function serveRequest({
  values,
  words,
  rest: command,
  file,
}: Parsed<typeof serveOptions>): ServeRequest {
  if (words.length > 1) {
    throw usageError(
      `expected one password file, got ${words.length}: ${words.join(', ')}; an app to start stands behind "--" (in PowerShell: '--')`,
    )
  }
  checkTogether(values, command)
  return { file: words[0] ?? file ?? DEFAULT_FILE, values, command }
}

function checkTogether(values: ServeValues, command: readonly string[]): void {
  if (values.help) return
  const [passwordOption] = givenOptions(values)
  if (passwordOption !== undefined && !values.init) {
    throw usageError(
      `${passwordOption} says where the password of the first user comes from, and expected --init beside it`,
    )
  }
  rejectSeveral(values)
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
}
