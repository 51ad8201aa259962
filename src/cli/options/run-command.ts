// The frame of every command: parses the arguments, shows the help, reports errors.
import { ExitStatus, HtpasswdError } from '../../errors.ts'
import type { Io } from '../terminal/io.ts'
import { reportErrors } from '../terminal/output.ts'
import { asCalled } from '../terminal/program-name.ts'
import { actionOf } from './actions.ts'
import { helpOf } from './parse.ts'
import type { ActionTable, CommandSpec, OptionTable } from './table.ts'
import { type Parsed, parseOptions } from './values.ts'

/**
 * Runs a command and returns its exit status.
 *
 * @param work is called with the checked arguments.
 * @param environment where options may come from as `HTPASSWD_…` variables; by default they may not.
 */
export function runCommand<Table extends OptionTable & { readonly help: unknown }>(
  spec: CommandSpec<Table>,
  argv: readonly string[],
  io: Io,
  work: (request: Parsed<Table>) => Promise<number> | number,
  environment?: NodeJS.ProcessEnv,
): Promise<number> {
  const run = async (): Promise<number> => {
    const request = parseOptions(spec, argv, environment)
    if (!(request.values as { help: boolean }).help) return work(request)
    io.out(`${await helpOf(spec, io.columns)}\n`)
    return ExitStatus.ok
  }
  return reportErrors(io, run, error => `htpasswd ${io.alias ?? spec.name}: ${asCalled(error.message)}\n`)
}

/** An error of a command for which status 1 is a result, as with grep and diff: 2 means that there is none. */
export class TroubleError extends HtpasswdError {
  override readonly exitStatus = 2

  constructor({ code, message, cause }: HtpasswdError) {
    super(code, message, { cause })
  }
}

/** Does the work of one action, with the positionals after its name; resolves with the exit status. */
type ActionWork<Table extends OptionTable> = (request: Parsed<Table>) => Promise<number> | number

/**
 * As `runCommand`, for a command with actions.
 *
 * @param work by the names of the actions.
 */
export function runActions<
  Table extends OptionTable & { readonly help: unknown },
  Actions extends ActionTable,
>(
  spec: CommandSpec<Table> & { readonly actions: Actions },
  argv: readonly string[],
  io: Io,
  work: { readonly [Name in keyof Actions]: ActionWork<Table> },
): Promise<number> {
  return runCommand(spec, argv, io, parsed => {
    const { action, request } = actionOf(spec, parsed)
    return work[action](request)
  })
}
